import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Cache } from 'cache-manager';
import { Keyv } from 'keyv';
import type { GrantedAuthority } from './granted-authority.js';
import {
  canRead,
  gate,
  no,
  NOW,
  processOver,
  reads,
  settled,
  subject,
  yes,
} from '../../../../../test/fixtures/permission-process.js';

let warn: ReturnType<typeof jest.spyOn>;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('an answer of the source', () => {
  it('with a misspelt member is named in the log', async () => {
    const { cache } = processOver([new Keyv()], () => Object({ role: ['reader'] }));
    await cache.load(subject());
    expect(warn).toHaveBeenCalledWith(
      'permissions.source returned "role", which is ignored. Did you mean "roles"? ' +
        'The members that are read: roles, permissions, platformRoles, platformPermissions.',
    );
  });
});

describe('purge', () => {
  const people: [string, string | undefined][] = [
    ['ana', 't1'],
    ['ana', 't2'],
    ['ben', 't1'],
    ['ben', 't2'],
    ['ana', undefined],
  ];
  it.each([
    [{ user: 'ana' }, ['ben t1', 'ben t2']],
    [{ tenant: 't1' }, ['ana t2', 'ben t2', 'ana undefined']],
    [{ user: 'ana', tenant: 't1' }, ['ana t2', 'ben t1', 'ben t2', 'ana undefined']],
    ['all' as const, []],
    [{ user: 'nobody' }, ['ana t1', 'ana t2', 'ben t1', 'ben t2', 'ana undefined']],
  ])('%j keeps %j', async (filter, kept) => {
    const { cache } = processOver([new Keyv()], () => yes);
    for (const [id, tenant] of people) await cache.load(subject({ id }, tenant));
    await cache.purge(filter);
    const found = people.filter(([id, tenant]) => cache.find(subject({ id }, tenant)));
    expect(found.map(([id, tenant]) => `${id} ${tenant}`)).toEqual(kept);
  });

  it.each([{ user: 'ana' }, { tenant: 't1' }, { user: 'ana', tenant: 't1' }, 'all' as const])(
    '%j voids the shared answer, for this process and for others',
    async (filter) => {
      const store = new Keyv();
      let answer = yes;
      const [one, other] = [processOver([store], () => answer), processOver([store], () => answer)];
      const who = subject({}, 't1');
      await one.cache.load(who);
      await settled();
      answer = no;
      await one.cache.purge(filter);
      expect(await reads(one.cache, who)).toBe(false);
      await settled();
      expect(await reads(other.cache, who)).toBe(false);
      expect(other.ask).not.toHaveBeenCalled();
    },
  );

  it('throws away the answer that was under way, and asks anew, once for all', async () => {
    const first = gate<GrantedAuthority>();
    const answers = [first.opened, Promise.resolve(no)];
    const { ask, cache } = processOver([new Keyv()], () => answers.shift() ?? no);
    const before = cache.load(subject());
    await settled();
    expect(ask).toHaveBeenCalledTimes(1);
    await cache.purge({ user: 'ana' });
    const after = cache.load(subject());
    first.open(yes);
    expect((await Promise.all([before, after])).map(canRead)).toEqual([false, false]);
    expect(ask).toHaveBeenCalledTimes(2);
    await settled();
    expect(await reads(cache)).toBe(false);
  });

  it('leaves the answers of others under way alone', async () => {
    const first = gate<GrantedAuthority>();
    const { ask, cache, shared } = processOver([new Keyv()], () => first.opened);
    jest.spyOn(shared, 'get').mockRejectedValue(new Error('down'));
    const loading = cache.load(subject({}, 't1'));
    await settled();
    await cache.purge({ tenant: 't2' });
    first.open(yes);
    expect(canRead(await loading)).toBe(true);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('voids what a flight in another process asked before and writes after', async () => {
    const store = new Keyv();
    const slow = gate<GrantedAuthority>();
    const [one, other] = [processOver([store], () => slow.opened), processOver([store], () => no)];
    const loading = one.cache.load(subject());
    await settled();
    await other.cache.purge({ user: 'ana' });
    slow.open(yes);
    await loading;
    await settled();
    expect(await reads(other.cache)).toBe(false);
    expect(other.ask).toHaveBeenCalledTimes(1);
  });

  it('forgets what was read from the shared store while the purge was on its way there', async () => {
    const store = new Keyv();
    const { cache, shared, ask } = processOver([store], () =>
      ask.mock.calls.length > 1 ? no : yes,
    );
    await cache.load(subject());
    await settled();
    const write = shared.set.bind(shared);
    const seen: unknown[] = [];
    jest.spyOn(shared, 'set').mockImplementationOnce(async (key, value, ttl) => {
      seen.push(cache.find(subject()), await reads(cache));
      return write(key, value, ttl);
    });
    await cache.purge({ user: 'ana' });
    expect(seen).toEqual([undefined, true]);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(await reads(cache)).toBe(false);
  });

  it('gives up, closed, when purges never let an answer stand', async () => {
    const { ask, cache } = processOver([new Keyv()], async () => {
      await cache.purge({ user: 'ana' });
      return yes;
    });
    await expect(cache.load(subject())).rejects.toMatchObject({
      code: 'provider_unavailable',
      retryAfter: 1,
    });
    expect(ask).toHaveBeenCalledTimes(5);
    expect(cache.find(subject())).toBeUndefined();
  });

  it.each<[string, (shared: Cache) => void]>([
    ['refuses writes', (shared) => jest.spyOn(shared, 'set').mockRejectedValue(new Error('down'))],
    [
      'swallows writes',
      (shared) =>
        jest.spyOn(shared, 'set').mockImplementation((_, value) => Promise.resolve(value)),
    ],
  ])('warns and passes the shared store over where it %s', async (_, breakIt) => {
    const { ask, cache, shared } = processOver([new Keyv()], () =>
      ask.mock.calls.length > 1 ? no : yes,
    );
    await cache.load(subject());
    await settled();
    breakIt(shared);
    await cache.purge({ user: 'ana' });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(await reads(cache)).toBe(false);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it.each([{}, { usr: 'ana' }, { user: undefined }])(
    'of %j is refused, and drops nothing',
    async (filter) => {
      const { cache } = processOver([new Keyv()], () => yes);
      await cache.load(subject());
      await expect(cache.purge(filter)).rejects.toThrow('PermissionCache.purge');
      expect(cache.find(subject())).toBeDefined();
    },
  );

  it('does not wait for a shared store that hangs', async () => {
    const { cache, shared } = processOver([new Keyv()], () => yes);
    jest.spyOn(shared, 'set').mockReturnValue(new Promise(() => {}));
    const purged = cache.purge('all');
    await jest.advanceTimersByTimeAsync(250);
    await purged;
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
