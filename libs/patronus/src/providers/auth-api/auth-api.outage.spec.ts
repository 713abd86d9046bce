import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ProviderEvent } from '../../identity/provider-event.js';
import { FAILURES_TO_OPEN, OPEN_FOR } from '../../remote/failure-streak.js';
import { MAX_ANSWER_BYTES, TOTAL_TIMEOUT } from '../../remote/remote-limits.js';
import type { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
import { json, page, TokenServer } from '../../../../../test/fixtures/token-server.js';
import { describeIdentityProvider } from '../../testing/index.js';
import { authApi } from './index.js';

const ANA = { id: 'ana', role: 'doctor' };

let now: number;
let server: TokenServer;
let provider: RemoteIdentityProvider;
let events: ProviderEvent[];

describe('an outage of the Auth API', () => {
  beforeEach(async () => {
    now = Date.UTC(2030, 0, 1);
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    server = await TokenServer.start(json(ANA));
    provider = authApi({ url: server.url });
    events = [];
    provider.observe((event) => events.push(event));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  const ask = (token: string) =>
    provider.authenticate({ scheme: 'bearer', token }).then(
      ({ id }) => id,
      ({ code }: { code: string }) => code,
    );

  it('is told once, ends the questions, and is told to be over', async () => {
    server.behaviour = page(500);
    for (let index = 0; index < 10; index++) {
      expect(await ask(`t${index}`)).toBe('provider_unavailable');
    }
    expect(server.asked).toHaveLength(FAILURES_TO_OPEN);
    now += OPEN_FOR.most * 1000;
    expect(await ask('still')).toBe('provider_unavailable');
    const about = { provider: 'auth-api', issuer: server.url };
    const told = {
      ...about,
      type: 'provider_unavailable',
      reason: `${server.url}/api/me/ answers with status 500`,
    };
    expect(events).toEqual([told]);
    server.behaviour = json(ANA);
    now += OPEN_FOR.most * 1000;
    expect(await ask('t')).toBe('ana');
    expect(events).toEqual([told, { ...about, type: 'provider_recovered' }]);
  });

  it('is none where tokens are refused, or where one odd token breaks the request', async () => {
    for (const status of [401, 403, 400, 422, 431]) {
      server.behaviour = page(status);
      for (let index = 0; index < 5; index++) await ask(`t${status}-${index}`);
    }
    expect(server.asked).toHaveLength(25);
    expect(events).toEqual([]);
    server.behaviour = json(ANA);
    expect(await ask('t')).toBe('ana');
  });

  it('is none where the answers say nothing, however many tokens get them', async () => {
    const huge = JSON.stringify({ id: 'ana', padding: 'x'.repeat(MAX_ANSWER_BYTES) });
    const odd = [page(200), page(404), json({}), json({ ...ANA, id: null })];
    for (const text of [huge, '{"id":"ben","id":"ana"}']) {
      odd.push((_asked, response) => void response.end(text));
    }
    for (const [kind, behaviour] of odd.entries()) {
      server.behaviour = behaviour;
      for (let index = 0; index < 5; index++) {
        expect(await ask(`t${kind}-${index}`)).toBe('provider_unavailable');
      }
    }
    expect(server.asked).toHaveLength(5 * odd.length);
    expect(events).toEqual([]);
    server.behaviour = json(ANA);
    expect(await ask('t')).toBe('ana');
  });

  it.each([
    ['500', page(500)],
    ['429', page(429)],
    ['a dropped connection', (_asked, response) => void response.destroy()],
  ] satisfies [string, TokenServer['behaviour']][])(
    'is none where one token alone gets no answer: %s',
    async (_what, behaviour) => {
      server.behaviour = behaviour;
      for (let index = 0; index < 40; index++) {
        expect(await ask('evil')).toBe('provider_unavailable');
      }
      expect(server.asked).toHaveLength(40);
      expect(events).toEqual([]);
      server.behaviour = json(ANA);
      expect(await ask('t')).toBe('ana');
    },
  );

  it('is one where there is no connection, if only for one token', async () => {
    await server.stop();
    for (let index = 0; index < FAILURES_TO_OPEN; index++) await ask('t');
    expect(events.map(({ type }) => type)).toEqual(['provider_unavailable']);
    await server.listen();
    now += OPEN_FOR.most * 1000;
    expect(await ask('t')).toBe('ana');
  });

  it('forgets no refusal, and lets nobody in', async () => {
    server.behaviour = page(401);
    expect(await ask('stranger')).toBe('token_invalid');
    server.behaviour = page(500);
    expect(await ask('stranger')).toBe('token_invalid');
    expect(await ask('ana')).toBe('provider_unavailable');
  });

  it(
    'holds callers for a few seconds where the API hangs, and then not at all',
    async () => {
      server.behaviour = () => {};
      const held = Array.from({ length: FAILURES_TO_OPEN }, (_, index) => ask(`t${index}`));
      expect(new Set(await Promise.all(held))).toEqual(new Set(['provider_unavailable']));
      expect(await ask('t')).toBe('provider_unavailable');
      expect(server.asked).toHaveLength(FAILURES_TO_OPEN);
    },
    3 * TOTAL_TIMEOUT * 1000,
  );

  it('asks once for a thousand who come at once, and again for the next', async () => {
    const crowd = await Promise.all(Array.from({ length: 1000 }, () => ask('t')));
    expect(new Set(crowd)).toEqual(new Set(['ana']));
    expect(server.asked).toHaveLength(1);
  });
});

describeIdentityProvider(
  'authApi',
  {
    async start() {
      const people = new Map([
        ['session-of-ana-4f1c02d97be8', ANA],
        ['session-of-ben-9d3ab7715c60', { id: 'ben', role: 'nurse' }],
      ]);
      const good: TokenServer['behaviour'] = (asked, response) => {
        const person = people.get(asked.headers.authorization?.slice('Bearer '.length) ?? '');
        (person === undefined ? page(401) : json(person))(asked, response);
      };
      const tokens = await TokenServer.start(good);
      const bearer = (token: string) => ({ scheme: 'bearer', token }) as const;
      return {
        provider: authApi({ url: tokens.url }),
        good: () => bearer('session-of-ana-4f1c02d97be8'),
        expected: { id: 'ana', roles: ['doctor'] },
        other: () => bearer('session-of-ben-9d3ab7715c60'),
        expired: () => bearer('session-of-eva-00b1c2d3e4f5'),
        forged: () => bearer('session-of-nobody-1234567890'),
        foreign: () => bearer('session-of-elsewhere-123456'),
        outage: () => void (tokens.behaviour = page(500)),
        recover: () => void (tokens.behaviour = good),
        calls: () => tokens.asked.length,
        stop: () => tokens.stop(),
      };
    },
  },
  { framework: { describe, it } },
);
