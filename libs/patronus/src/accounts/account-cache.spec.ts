import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError } from '../errors/patronus.error.js';
import { Identity, type IdentityFields } from '../identity/identity.js';
import { AccountCache, type AccountCacheOptions } from './account-cache.js';
import { AccountSource, type AccountSubject } from './account-source.js';

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 3600;

function subject(fields: Partial<IdentityFields> = {}, tenantId?: string): AccountSubject {
  const expiresAt = NOW / 1000 + HOUR;
  const known = { id: 'ana', issuer: 'https://a.example', provider: 'test', expiresAt };
  return { identity: new Identity({ ...known, ...fields }), tenantId };
}

/** Source that answers each call with its number, unless the next answer is set. */
class Numbered extends AccountSource {
  asked = 0;
  next: (() => unknown) | undefined;

  override accountOf(): unknown {
    this.asked += 1;
    return this.next === undefined ? { number: this.asked } : this.next();
  }
}

function setUp(options?: AccountCacheOptions) {
  const source = new Numbered();
  const cache = new AccountCache(options, () => source);
  const ask = async (asked: AccountSubject) => (await cache.load(asked)).account;
  return { source, cache, ask };
}

beforeEach(() => void jest.useFakeTimers({ now: NOW }));
afterEach(() => void jest.useRealTimers());

describe('AccountCache', () => {
  it('adds the account to the identity, and changes neither', async () => {
    const { source, cache } = setUp();
    const entity = { name: 'Ana', picture: Buffer.from('png') };
    source.next = () => entity;
    const asked = subject({ roles: ['doctor'], claims: { sub: 'ana' } });
    const identity = await cache.load(asked);
    expect(identity).toBeInstanceOf(Identity);
    expect(identity).toEqual(asked.identity);
    expect(identity.account).toBe(entity);
    entity.name = 'Ana B.';
    expect(asked.identity.account).toBeUndefined();
    expect(() => Object.assign(identity, { account: 'other' })).toThrow(TypeError);
    expect(JSON.stringify(identity)).toBe(JSON.stringify(asked.identity));
    expect(Object.keys(identity)).not.toContain('account');
  });

  it('gives the same identity each time, also to one that has the account', async () => {
    const { cache } = setUp();
    const asked = subject({}, 'norte');
    const identity = await cache.load(asked);
    expect(cache.recall(asked)).toBe(identity);
    expect(cache.recall({ identity, tenantId: 'norte' })).toBe(identity);
    expect(cache.recall({ identity, tenantId: 'sur' })).toBeUndefined();
  });

  it('keeps callers apart by issuer, tenant and subject', async () => {
    const { ask, cache } = setUp();
    const callers = [
      subject(),
      subject({}, 'norte'),
      subject({}, 'null'),
      subject({ id: 'ben' }),
      subject({ issuer: 'https://b.example' }),
    ];
    const answers = await Promise.all(callers.map(ask));
    expect(new Set(answers).size).toBe(callers.length);
    expect(callers.map((caller) => cache.recall(caller)?.account)).toEqual(answers);
  });

  it('asks once for a hundred at a time, whatever token each has', async () => {
    const { ask, source } = setUp();
    const callers = Array.from({ length: 100 }, (_, index) => subject({ tokenId: `${index}` }));
    const answers = await Promise.all(callers.map(ask));
    expect(new Set(answers).size).toBe(1);
    expect(source.asked).toBe(1);
  });

  it.each([
    ['30 seconds, without options', undefined, 30],
    ['as long as the option says', { ttl: 5 }, 5],
  ])('keeps an answer for %s', async (_name, options, seconds) => {
    const { ask, cache } = setUp(options);
    await ask(subject());
    jest.advanceTimersByTime(seconds * 1000 - 1);
    expect(cache.recall(subject())).toBeDefined();
    jest.advanceTimersByTime(1);
    expect(cache.recall(subject())).toBeUndefined();
  });

  it('keeps no answer for longer than the credential lasts that it was asked with', async () => {
    const { ask, cache } = setUp();
    await ask(subject({ expiresAt: NOW / 1000 + 2 }));
    jest.advanceTimersByTime(1999);
    expect(cache.recall(subject())).toBeDefined();
    jest.advanceTimersByTime(1);
    expect(cache.recall(subject())).toBeUndefined();
  });

  it('keeps so many, and drops what was used least recently', async () => {
    const { ask, cache } = setUp({ max: 2 });
    for (const id of ['ana', 'ben', 'cid']) await ask(subject({ id }));
    const kept = ['ana', 'ben', 'cid'].filter((id) => cache.recall(subject({ id })));
    expect(kept).toEqual(['ben', 'cid']);
  });

  const broken = new Error('no connection');
  it.each<[string, string, () => unknown]>([
    ['token_invalid', 'answers undefined', () => undefined],
    ['token_invalid', 'answers null', () => Promise.resolve(null)],
    ['token_invalid', 'answers false', () => false],
    ['token_invalid', 'resolves to false', () => Promise.resolve(false)],
    ['token_invalid', 'answers 0', () => 0],
    ['token_invalid', 'answers an empty text', () => ''],
    ['token_revoked', 'says so', () => Promise.reject(new PatronusError('token_revoked'))],
    ['permission_denied', 'says so', () => Promise.reject(new PatronusError('permission_denied'))],
    ['token_invalid', 'misses a token', () => Promise.reject(new PatronusError('token_missing'))],
    ['provider_unavailable', 'rejects', () => Promise.reject(broken)],
    [
      'provider_unavailable',
      'throws',
      () => {
        throw broken;
      },
    ],
  ])('refuses with %s where the source %s, and keeps nothing', async (code, _name, next) => {
    const { ask, cache, source } = setUp();
    source.next = next;
    await expect(ask(subject())).rejects.toMatchObject({ code });
    expect(cache.recall(subject())).toBeUndefined();
    source.next = () => true;
    await expect(ask(subject())).resolves.toBe(true);
  });

  it.each([
    [undefined, 'the account source refused the caller'],
    ['unpaid', 'unpaid'],
  ])('tells operators why the source refuses, with the reason %j: %j', async (given, reason) => {
    const { ask, source } = setUp();
    const details = { scopes: ['a'], retryAfter: 7, ...(given && { reason: given }) };
    for (const code of ['permission_denied', 'token_missing'] as const) {
      source.next = () => Promise.reject(new PatronusError(code, details));
      const seen = code === 'token_missing' ? 'token_invalid' : code;
      const expected = { code: seen, reason, scopes: ['a'], retryAfter: 7 };
      await expect(ask(subject())).rejects.toMatchObject(expected);
    }
  });

  it.each([
    ['token_invalid', undefined, /^If this caller is to be let in, let accountOf/],
    ['token_revoked', undefined, /^If this caller is to be let in, let accountOf/],
    ['token_missing', undefined, /^If this caller is to be let in, let accountOf/],
    ['token_missing', 'Pay.', /^Pay\.$/],
    ['token_invalid', 'Pay.', /^Pay\.$/],
    ['permission_denied', 'Pay.', /^Pay\.$/],
  ] as const)('gives %s with the remedy %j', async (code, given, remedy) => {
    const { ask, source } = setUp();
    for (const reason of [undefined, 'unpaid']) {
      const details = { ...(given && { remedy: given }), ...(reason && { reason }) };
      source.next = () => Promise.reject(new PatronusError(code, details));
      await expect(ask(subject())).rejects.toMatchObject({
        remedy: expect.stringMatching(remedy),
        reason: reason ?? 'the account source refused the caller',
      });
    }
  });

  it('adds no remedy to a denial that is a warning anyway', async () => {
    const { ask, source } = setUp();
    const denial = new PatronusError('permission_denied', { reason: 'unpaid' });
    source.next = () => Promise.reject(denial);
    await expect(ask(subject())).rejects.toBe(denial);
    expect(denial.remedy).toBeUndefined();
  });

  it('gives the cause of a failure to operators, and an outage a time to retry', async () => {
    const { ask, source } = setUp();
    source.next = () => Promise.reject(broken);
    const reason = 'the account source failed';
    await expect(ask(subject())).rejects.toMatchObject({ cause: broken, reason, retryAfter: 5 });
  });

  it('waits no longer than the timeout, and ignores an answer that comes later', async () => {
    const { ask, cache, source } = setUp({ timeout: 2 });
    const late = Promise.withResolvers<string>();
    source.next = () => late.promise;
    const refused = expect(ask(subject())).rejects.toMatchObject({ code: 'provider_unavailable' });
    await jest.advanceTimersByTimeAsync(2000);
    await refused;
    late.resolve('late');
    await jest.advanceTimersByTimeAsync(0);
    expect(cache.recall(subject())).toBeUndefined();
  });

  const people: [string, string | undefined, string][] = [
    ['ana', 'norte', 'a'],
    ['ana', 'sur', 'a'],
    ['ana', undefined, 'b'],
    ['ben', 'norte', 'b'],
  ];
  it.each([
    [{ user: 'ana' }, ['ben norte b']],
    [{ tenant: 'norte' }, ['ana sur a', 'ana undefined b']],
    [{ user: 'ana', tenant: 'sur' }, ['ana norte a', 'ana undefined b', 'ben norte b']],
    [{ issuer: 'a' }, ['ana undefined b', 'ben norte b']],
    [{ user: 'eve' }, ['ana norte a', 'ana sur a', 'ana undefined b', 'ben norte b']],
    ['all' as const, []],
  ])('keeps, after a purge of %j, %j', async (selection, kept) => {
    const { ask, cache } = setUp();
    for (const [id, tenant, issuer] of people) await ask(subject({ id, issuer }, tenant));
    cache.purge(selection);
    const found = people.filter(([id, tenant, issuer]) =>
      cache.recall(subject({ id, issuer }, tenant)),
    );
    expect(found.map((one) => one.join(' ').replace('  ', ' undefined '))).toEqual(kept);
  });

  it('drops an answer that a purge overtook, and asks again, once for all', async () => {
    const { cache, ask, source } = setUp();
    const first = Promise.withResolvers<string>();
    source.next = () => first.promise;
    const before = [ask(subject()), ask(subject())];
    await jest.advanceTimersByTimeAsync(0);
    cache.purge({ user: 'ana' });
    source.next = () => 'new';
    const after = ask(subject());
    first.resolve('old');
    expect(await Promise.all([...before, after])).toEqual(['new', 'new', 'new']);
    expect(cache.recall(subject())?.account).toBe('new');
    expect(source.asked).toBe(2);
  });

  it('keeps an answer that was under way while others were purged', async () => {
    const { cache, ask, source } = setUp();
    const first = Promise.withResolvers<string>();
    source.next = () => first.promise;
    const before = ask(subject());
    await jest.advanceTimersByTimeAsync(0);
    cache.purge({ user: 'ben' });
    first.resolve('kept');
    await expect(before).resolves.toBe('kept');
    expect(source.asked).toBe(1);
  });

  it('gives up where every answer is overtaken', async () => {
    const { cache, ask, source } = setUp();
    source.next = async () => {
      await Promise.resolve();
      cache.purge('all');
      return 'old';
    };
    await expect(ask(subject())).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(source.asked).toBe(5);
  });

  it('does nothing where the application has no source', () => {
    const cache = new AccountCache(undefined, () => undefined);
    cache.start();
    expect(cache.enabled).toBe(false);
  });

  it.each([null, {}, Numbered, 'users'])('names the mistake in accounts: %p', (source) => {
    const cache = new AccountCache(undefined, () => source);
    expect(() => cache.start()).toThrow(expect.objectContaining({ path: 'accounts' }));
    expect(() => cache.enabled).toThrow(expect.objectContaining({ path: 'accounts' }));
  });

  it.each<[string, AccountCacheOptions]>([
    ['accountCache.ttl', { ttl: 0 }],
    ['accountCache.max', { max: 1.5 }],
    ['accountCache.timeout', { timeout: -1 }],
    ['accountCache.tll', JSON.parse('{ "tll": 1 }')],
  ])('names the mistake in %s', (path, options) => {
    expect(() => new AccountCache(options, () => undefined)).toThrow(
      expect.objectContaining({ path }),
    );
  });
});
