import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { dataOf, EventPlatform } from '../../../../../test/fixtures/event-platform.js';
import {
  answerOf,
  instanceOf,
  type PlatformInstance,
} from '../../../../../test/fixtures/platform-instance.js';
import { until } from '../../../../../test/environment/until.js';
import type { PlatformRevocationsOptions } from './index.js';

let platform: EventPlatform;
let warned: ReturnType<typeof jest.spyOn>;
let logged: ReturnType<typeof jest.spyOn>;
const ending: (() => Promise<void>)[] = [];

beforeEach(async () => {
  warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
  logged = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
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

const inForce = (type: string, id: string, more: object = {}) =>
  void platform.inForce.push({ type, data: dataOf(type, id, more) });
const answer = (instance: PlatformInstance, session: string, token?: string) =>
  answerOf(instance, platform.issuer, session, token);

describe('the catch-up', () => {
  it('brings what is still in force, and reports nothing from before the start', async () => {
    inForce('session.ended', 's1', { at: '2020-01-01T00:00:00.000Z' });
    inForce('token.revoked', 't1', { at: '2020-01-01T00:00:00.000Z' });
    const instance = await start();
    expect(answer(instance, 's1')).toBe('revoked');
    expect(answer(instance, 's2', 't1')).toBe('revoked');
    expect(answer(instance, 's2', 't2')).toBe('good');
    expect(instance.reported).toEqual([]);
    expect(platform.opened).toMatchObject([{ lastEventId: undefined }]);
  });

  it('concerns the identities of the issuer alone', async () => {
    inForce('session.ended', 's1');
    const instance = await start();
    expect(answerOf(instance, 'https://other.example', 's1')).toBe('good');
  });

  it('has to be complete before any caller is accepted', async () => {
    inForce('session.ended', 's1');
    platform.catchUpTime = 60_000;
    const instance = instanceOf(platform);
    ending.push(() => instance.revocations.stop());
    const starting = instance.revocations.start();
    await until('revoked', () => answer(instance, 's1'));
    expect(answer(instance, 's2')).toBe('provider_unavailable');
    await starting;
    expect(answer(instance, 's2')).toBe('provider_unavailable');
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('begins again if it is cut before its end', async () => {
    platform.catchUpTime = 60_000;
    const instance = instanceOf(platform);
    ending.push(() => instance.revocations.stop());
    const starting = instance.revocations.start();
    await until(1, () => platform.opened.length);
    inForce('session.ended', 's1');
    platform.catchUpTime = 0;
    platform.opened[0]?.response.destroy();
    await starting;
    await until('revoked', () => answer(instance, 's1'));
    expect(platform.opened[1]?.lastEventId).toBeUndefined();
  });
});

describe('live events', () => {
  it('revoke at once, and are reported once however often they are repeated', async () => {
    const instance = await start();
    platform.announce('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.record('session.ended', 's1');
    platform.record('token.revoked', 't1');
    await until('revoked', () => answer(instance, 's2', 't1'));
    platform.cut();
    platform.database = 'b';
    inForce('session.ended', 's1');
    inForce('session.ended', 's3');
    await until('revoked', () => answer(instance, 's3'));
    const { issuer } = platform;
    expect(instance.reported).toEqual([
      { session: 's1', issuer },
      { token: 't1', issuer },
      { session: 's3', issuer },
    ]);
  });

  it('of other types are ignored, and those that cannot be read are named once', async () => {
    const instance = await start();
    platform.record('account.created', 'a1');
    platform.record('session.ended', 's0', { subject: { type: 'account', id: 's0' } });
    platform.record('session.ended', '', {});
    platform.send('event: session.ended\ndata: hush\n\n');
    platform.send('event: session.ended\ndata: {"subject":{"type":"session","id":{"a":1}}}\n\n');
    platform.send(`event: constructor\ndata: hush\n\n`);
    platform.record('session.ended', 's1', { at: 'hush' });
    await until('revoked', () => answer(instance, 's1'));
    expect(answer(instance, 's0')).toBe('good');
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[0]).toContain('session.ended');
    expect(JSON.stringify(warned.mock.calls)).not.toContain('hush');
  });

  it('are kept in bounds, and stay in force beyond the time of the event', async () => {
    inForce('session.ended', 's1', { at: '2020-01-01T00:00:00.000Z' });
    const instance = await start({ keepFor: 60, max: 10 });
    expect(answer(instance, 's1')).toBe('revoked');
    for (let number = 0; number < 20; number += 1) platform.record('session.ended', `x${number}`);
    await until('revoked', () => answer(instance, 'x19'));
    expect(answer(instance, 's1')).toBe('revoked');
  });
});

describe('a connection that is cut', () => {
  it('goes on after the last event, without a word in the log', async () => {
    const instance = await start();
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.cut();
    platform.record('session.ended', 's2');
    await until('revoked', () => answer(instance, 's2'));
    expect(platform.opened.map(({ lastEventId }) => lastEventId)).toEqual([undefined, 'a-1']);
    expect(answer(instance, 's3')).toBe('good');
    expect(warned).not.toHaveBeenCalled();
    expect(platform.tokenRequests).toHaveLength(1);
  });

  it('begins again if the platform does not know the last event', async () => {
    const instance = await start();
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.database = 'b';
    inForce('session.ended', 's2');
    platform.cut();
    await until('revoked', () => answer(instance, 's2'));
    expect(answer(instance, 's1')).toBe('revoked');
    platform.cut();
    await until(3, () => platform.opened.length);
    expect(platform.opened[2]?.lastEventId).toBe('b-1');
  });

  it('counts again only when the catch-up is complete', async () => {
    const instance = await start();
    platform.catchUpTime = 60_000;
    platform.cut();
    await until('provider_unavailable', () => answer(instance, 's1'));
    platform.record('session.ended', 's1');
    platform.catchUpTime = 0;
    platform.opened.at(-1)?.response.destroy();
    await until('revoked', () => answer(instance, 's1'));
    await until('good', () => answer(instance, 's2'));
  });
});

describe('a reset of a live stream', () => {
  it('undoes nothing, and callers are accepted again when it is complete', async () => {
    const instance = await start();
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.send(`event: reset\nid: a-7\ndata: {}\n\n`);
    await until('provider_unavailable', () => answer(instance, 's2'));
    expect(answer(instance, 's1')).toBe('revoked');
    platform.send(`event: session.ended\ndata: ${dataOf('session.ended', 's2')}\n\n`);
    platform.send('event: ready\nid: a-7\ndata: {}\n\n');
    await until('good', () => answer(instance, 's3'));
    expect(answer(instance, 's2')).toBe('revoked');
    expect(platform.opened).toHaveLength(1);
  });

  it('that is cut does not lose what it would have repeated', async () => {
    const instance = await start();
    platform.record('account.created', 'a1');
    platform.send(`event: reset\nid: a-2\ndata: {}\n\n`);
    await until('provider_unavailable', () => answer(instance, 's2'));
    platform.cut();
    platform.record('session.ended', 's1');
    await until('good', () => answer(instance, 's2'));
    expect(answer(instance, 's1')).toBe('revoked');
    expect(platform.opened[1]?.lastEventId).toBe('a-1');
  });
});

describe('an outage', () => {
  it.each(['deny', 'allow'] as const)('by silence, with %s', async (whenUnreachable) => {
    const instance = await start({ whenUnreachable });
    platform.record('session.ended', 's1');
    await until('revoked', () => answer(instance, 's1'));
    platform.beats = false;
    platform.answerEvents = () => {};
    const denied = whenUnreachable === 'deny' ? 'provider_unavailable' : 'good';
    await until(1, () => warned.mock.calls.length);
    expect(answer(instance, 's2')).toBe(denied);
    expect(answer(instance, 's1')).toBe('revoked');
    platform.record('session.ended', 's2');
    platform.beats = true;
    platform.answerEvents = undefined;
    platform.cut();
    await until('revoked', () => answer(instance, 's2'));
    await until('good', () => answer(instance, 's3'));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(logged).toHaveBeenCalledTimes(1);
    const [line] = warned.mock.calls[0] ?? [];
    expect(line).toContain(whenUnreachable === 'deny' ? 'answered with 503' : 'are refused');
  });

  it('by a platform that is gone: one warning, and one line at its end', async () => {
    const instance = await start();
    await platform.stop();
    await until('provider_unavailable', () => answer(instance, 's1'));
    await until(1, () => warned.mock.calls.length);
    await platform.listen();
    await until('good', () => answer(instance, 's1'));
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[0]).toContain('The platform cannot be reached');
    expect(logged.mock.calls).toEqual([
      ['The platform can be reached again: revocations are up to date.'],
    ]);
  });

  it('at the start fails nothing, and ends by itself', async () => {
    await platform.stop();
    const instance = await start();
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    const open = await start({ whenUnreachable: 'allow' });
    expect(answer(open, 's1')).toBe('good');
    inForce('session.ended', 's1');
    await platform.listen();
    await until('revoked', () => answer(instance, 's1'));
    await until('good', () => answer(instance, 's2'));
  });

  it('is assumed for a moment after the event loop was blocked, without a new connection', async () => {
    const instance = await start();
    expect(answer(instance, 's1')).toBe('good');
    platform.send(': heartbeat\n\n');
    const end = performance.now() + 1100;
    while (performance.now() < end);
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    await until('good', () => answer(instance, 's1'));
    platform.record('session.ended', 's2');
    await until('revoked', () => answer(instance, 's2'));
    expect(platform.opened).toHaveLength(1);
    expect(warned).not.toHaveBeenCalled();
  });
});

describe('modules that share one instance', () => {
  it('keep it until the last one stops, and can begin again', async () => {
    const instance = await start();
    await instance.revocations.start();
    expect(platform.opened).toHaveLength(1);
    await instance.revocations.stop();
    expect(answer(instance, 's1')).toBe('good');
    await instance.revocations.stop();
    expect(answer(instance, 's1')).toBe('provider_unavailable');
    await until(0, () => platform.clients.size);
    platform.record('session.ended', 's1');
    await instance.revocations.start();
    expect(answer(instance, 's1')).toBe('revoked');
    expect(answer(instance, 's2')).toBe('good');
    expect(platform.opened[1]?.lastEventId).toBe('a-0');
  });
});

describe('revoke()', () => {
  it('rejects with the remedy, and revokes nothing', async () => {
    const instance = await start();
    const { revocations } = instance;
    await expect(
      Reflect.apply(revocations.revoke, revocations, [{ session: 's1' }]),
    ).rejects.toThrow(
      'End the session or revoke the token at the platform, or use redisRevocations().',
    );
    expect(answer(instance, 's1')).toBe('good');
  });
});
