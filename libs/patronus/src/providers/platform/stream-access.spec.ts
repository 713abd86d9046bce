import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Agent } from 'undici';
import { EventPlatform, respond } from '../../../../../test/fixtures/event-platform.js';
import {
  answerOf,
  instanceOf,
  type PlatformInstance,
} from '../../../../../test/fixtures/platform-instance.js';
import { until } from '../../../../../test/environment/until.js';
import type { PlatformRevocationsOptions } from './index.js';

let platform: EventPlatform;
let warnings: string[];
const ending: (() => Promise<void>)[] = [];

beforeEach(async () => {
  warnings = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warnings.push(line));
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
  platform = await EventPlatform.start();
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await platform.stop();
  jest.restoreAllMocks();
});

async function start(options: Partial<PlatformRevocationsOptions> = {}): Promise<PlatformInstance> {
  const instance = instanceOf(platform, options);
  ending.push(() => instance.revocations.stop());
  await instance.revocations.start();
  return instance;
}

const answer = (instance: PlatformInstance, session: string) =>
  answerOf(instance, platform.issuer, session);

describe('the access token', () => {
  it('is asked for with the client credentials grant, for the API of the platform', async () => {
    await start({ clientId: 'my:app', clientSecret: 'a b' });
    const [{ authorization, form } = { authorization: '', form: new URLSearchParams() }] =
      platform.tokenRequests;
    expect(authorization).toBe(`Basic ${Buffer.from('my%3Aapp:a+b').toString('base64')}`);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'events.read',
      resource: `${platform.issuer}/api`,
    });
    await start({ audience: 'urn:platform' });
    expect(platform.tokenRequests[1]?.form.get('resource')).toBe('urn:platform');
  });

  it('is renewed before it expires, by a connection that is complete before the other ends', async () => {
    platform.expiresIn = 2;
    platform.validFor = 600;
    const instance = await start();
    platform.catchUpTime = 60_000;
    await until(2, () => platform.opened.length);
    const [first, second] = platform.opened;
    expect(first?.response.closed).toBe(false);
    expect(second?.lastEventId).toBe('a-0');
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.catchUpTime = 0;
    platform.expiresIn = 600;
    second?.response.destroy();
    await until(true, () => first?.response.closed ?? false);
    expect(platform.opened[2]?.lastEventId).toBe('a-1');
    await until('good', () => answer(instance, 's2'));
    expect(platform.tokenRequests).toHaveLength(3);
    expect(platform.clients.size).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('that cannot be renewed lasts to its end', async () => {
    platform.expiresIn = 2;
    const instance = await start();
    platform.answerToken = (_request, response) => respond(response, 503, {});
    await until(2, () => platform.tokenRequests.length);
    expect(platform.clients.size).toBe(1);
    await until('provider_unavailable', () => answer(instance, 's1'));
    platform.answerToken = undefined;
    await until('good', () => answer(instance, 's1'));
  });

  it('is renewed at once if the platform does not accept it any more', async () => {
    const instance = await start();
    platform.revokeTokens();
    platform.cut();
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    expect(platform.tokenRequests).toHaveLength(2);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['no token', { token_type: 'Bearer' }, 'without a usable access_token'],
    ['a token with a line break', { access_token: 'a\nb', token_type: 'Bearer' }, 'usable'],
    ['another type', { access_token: 'a', token_type: 'DPoP' }, 'token_type is not Bearer'],
    [
      'another scope',
      { access_token: 'a', token_type: 'Bearer', scope: 'openid' },
      'without the scope events.read. At the platform, give the client the grant client_credentials and the scope events.read.',
    ],
  ])('is not used if the answer has %s', async (_what, body, message) => {
    platform.answerToken = (_request, response) => respond(response, 200, body);
    const instance = await start();
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    expect(platform.opened).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(message)]);
  });
});

describe('a refusal', () => {
  const GRANT =
    'At the platform, give the client the grant client_credentials and the scope events.read.';
  const CREDENTIALS = 'Check clientId and clientSecret.';

  it.each([
    [401, { error: 'invalid_client' }, CREDENTIALS],
    [401, {}, CREDENTIALS],
    [400, { error: 'unauthorized_client' }, GRANT],
    [400, { error: 'invalid_scope' }, GRANT],
    [400, { error: 'invalid_target' }, 'Check audience'],
    [400, { error: 'hush hush', error_description: 'hush' }, CREDENTIALS],
    [403, 'hush', GRANT],
  ])('of a token with %i %j names the remedy', async (status, body, remedy) => {
    platform.answerToken = (_request, response) => respond(response, status, Object(body));
    const instance = await start();
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`The platform refuses its events to this application`);
    expect(warnings[0]).toContain(`${platform.issuer}/oauth/token`);
    expect(warnings[0]).toContain(remedy);
    expect(warnings[0]).not.toContain('hush');
  });

  it.each([
    [401, 'does not accept the access token of this application. Check audience'],
    [403, `may not read events. ${GRANT}`],
    [404, 'Check issuer'],
  ])('of the stream with %i names the remedy, and never the token', async (status, message) => {
    platform.answerEvents = (_request, response) => respond(response, status, { hint: 'hush' });
    const instance = await start();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(message);
    expect(warnings[0]).not.toMatch(/token-\d|hush/);
    platform.answerEvents = undefined;
    await until('good', () => answer(instance, 's1'));
  });

  it('amid an outage is named once, in addition to the outage', async () => {
    await platform.stop();
    const instance = await start();
    expect(warnings).toHaveLength(1);
    platform.answerEvents = (_request, response) => respond(response, 403, {});
    await platform.listen();
    await until(2, () => warnings.length);
    expect(warnings[1]).toContain(GRANT);
    platform.answerEvents = undefined;
    await until('good', () => answer(instance, 's1'));
    expect(warnings).toHaveLength(2);
  });

  it('for a time is repeated no sooner than the platform asks', async () => {
    const asked: number[] = [];
    platform.answerEvents = (_request, response) => {
      asked.push(performance.now());
      respond(response, 429, {}, { 'retry-after': asked.length > 1 ? '0' : '1' });
    };
    await start();
    await until(true, () => asked.length > 2);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(1000);
    expect(warnings).toHaveLength(1);
  });
});

describe('the network', () => {
  it('is the dispatcher of the options, for each request', async () => {
    const agent = new Agent();
    const paths: string[] = [];
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      paths.push(options.path);
      return dispatch(options, handler);
    });
    const instance = await start({ dispatcher });
    expect(answer(instance, 's1')).toBe('good');
    expect(paths).toEqual(['/.well-known/openid-configuration', '/oauth/token', '/api/v1/events']);
    ending.push(() => agent.close());
  });

  it('never leads to an issuer of another name', async () => {
    const instance = await start({ issuer: `${platform.issuer}/` });
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    expect(platform.tokenRequests).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('does not name the issuer')]);
  });

  it('may hang before the headers, and stop() ends it', async () => {
    const closed = Promise.withResolvers<void>();
    platform.answerEvents = (_request, response) => {
      response.once('close', () => closed.resolve());
    };
    const instance = await start();
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    await instance.revocations.stop();
    await closed.promise;
    await instance.revocations.start();
  });
});
