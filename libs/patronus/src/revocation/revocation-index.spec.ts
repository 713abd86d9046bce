/** @jest-environment node */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Identity } from '../identity/identity.js';
import type { Revocation } from './revocation.js';
import { newEntry } from './revocation-entry.js';
import { ana, NOW, TENANT } from '../../../../test/fixtures/revocable-identity.js';
import { RevocationIndex } from './revocation-index.js';

const ALL: Revocation = {
  token: 'token-1',
  session: 'session-1',
  user: 'ana',
  tenant: TENANT,
  issuer: 'https://issuer',
  issuedBefore: NOW - 30,
};
const NAMES = Object.keys(ALL);

/** Every combination of members, with at least one. */
const COMBINATIONS = Array.from({ length: 2 ** NAMES.length - 1 }, (_, index) =>
  NAMES.filter((_name, bit) => ((index + 1) >> bit) % 2 === 1),
);

/** Identity that differs in one fact, for each member that a revocation can name. */
const OTHERS: Readonly<Record<string, readonly [identity: Identity, tenant?: string]>> = {
  token: [ana({ tokenId: 'token-2' }), TENANT],
  session: [ana({ sessionId: 'session-2' }), TENANT],
  user: [ana({ id: 'ben' }), TENANT],
  tenant: [ana(), 'sur'],
  issuer: [ana({ issuer: 'https://other' }), TENANT],
  issuedBefore: [ana({ issuedAt: NOW - 29 }), TENANT],
};

const NAMELESS: Readonly<Record<string, readonly [identity: Identity, tenant?: string]>> = {
  token: [ana({ tokenId: undefined }), TENANT],
  session: [ana({ sessionId: undefined }), TENANT],
  tenant: [ana()],
};

const pick = (names: readonly string[]): Revocation =>
  Object.fromEntries(Object.entries(ALL).filter(([name]) => names.includes(name)));

let warn: ReturnType<typeof jest.spyOn>;
beforeEach(() => {
  jest.useFakeTimers({ now: NOW * 1000 });
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

function indexOf(...revocations: readonly Revocation[]): RevocationIndex {
  const index = new RevocationIndex(100);
  for (const revocation of revocations) index.add(newEntry(revocation, 3600));
  return index;
}

describe('what a revocation revokes', () => {
  it.each(COMBINATIONS.map((names) => [names.join(' + '), names] as const))(
    '%s: what has all of it, and nothing that differs in one',
    (_, names) => {
      const index = indexOf(pick(names));
      expect(index.isRevoked(ana(), TENANT)).toBe(true);
      for (const name of names) {
        for (const other of [OTHERS[name], NAMELESS[name]]) {
          if (other !== undefined) expect(index.isRevoked(other[0], other[1])).toBe(false);
        }
      }
    },
  );

  it('nothing, where nothing is revoked', () => {
    expect(indexOf().isRevoked(ana(), TENANT)).toBe(false);
  });

  it.each<[string, Revocation]>([
    ['a token', { token: 'token-1' }],
    ['a session', { session: 'session-1' }],
    ['a session of a user', { session: 'session-1', user: 'ana' }],
  ])('%s for good, whenever it was issued', (_, revocation) => {
    expect(indexOf(revocation).isRevoked(ana({ issuedAt: NOW + 600 }), TENANT)).toBe(true);
  });

  it.each<[string, Revocation]>([
    ['a user', { user: 'ana' }],
    ['a tenant', { tenant: TENANT }],
    ['an issuer', { issuer: 'https://issuer' }],
  ])('%s as far as it was issued up to this second', (_, revocation) => {
    jest.setSystemTime(NOW * 1000 + 400);
    const index = indexOf(revocation);
    expect(index.isRevoked(ana({ issuedAt: NOW }), TENANT)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: NOW + 0.9 }), TENANT)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: NOW + 1 }), TENANT)).toBe(false);
  });

  it.each<[string, Revocation]>([
    ['a user', { user: 'ana' }],
    ['a tenant', { tenant: TENANT }],
    ['everything', { issuedBefore: NOW }],
  ])('%s, where it is not known or not sensible when it was issued', (_, revocation) => {
    const index = indexOf(revocation);
    expect(index.isRevoked(ana({ issuedAt: undefined }), TENANT)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: Number.NaN }), TENANT)).toBe(true);
  });

  it('the values that are named, however they are spelt and joined', () => {
    const index = indexOf({ user: 'a', issuer: 'b1:c' }, { session: '__proto__' });
    const who = (id: string, issuer: string) => ana({ id, issuer, sessionId: undefined });
    expect(index.isRevoked(who('a', 'b1:c'), TENANT)).toBe(true);
    expect(index.isRevoked(who('ab1:', 'c'), TENANT)).toBe(false);
    expect(index.isRevoked(who('a4:b1:c', ''), TENANT)).toBe(false);
    expect(index.isRevoked(ana({ sessionId: '__proto__' }), TENANT)).toBe(true);
    expect(index.isRevoked(ana({ sessionId: 'constructor' }), TENANT)).toBe(false);
  });
});

describe('two revocations of the same', () => {
  it('are one, with the later of their times', () => {
    const index = indexOf({ user: 'ana', issuedBefore: NOW - 100 });
    expect(index.isRevoked(ana(), TENANT)).toBe(false);
    expect(index.add(newEntry({ user: 'ana', issuedBefore: NOW - 10 }, 60))).toBe(true);
    expect(index.add(newEntry({ user: 'ana', issuedBefore: NOW - 90 }, 60))).toBe(false);
    expect(index.size).toBe(1);
    expect(index.isRevoked(ana(), TENANT)).toBe(true);
    jest.advanceTimersByTime(120_000);
    expect(index.isRevoked(ana(), TENANT)).toBe(true);
  });

  it.each([
    [{ session: 'session-1' }, { session: 'session-1', issuedBefore: NOW - 600 }],
    [{ session: 'session-1', issuedBefore: NOW - 600 }, { session: 'session-1' }],
  ])('are for good where one of them is', (first, second) => {
    expect(indexOf(first, second).isRevoked(ana({ issuedAt: NOW + 5 }), TENANT)).toBe(true);
  });
});

describe('the time of a revocation', () => {
  it('ends, and not before', () => {
    const index = indexOf({ session: 'session-1' });
    jest.advanceTimersByTime(3600_000 - 1);
    expect(index.isRevoked(ana(), TENANT)).toBe(true);
    expect(index.live()).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(index.isRevoked(ana(), TENANT)).toBe(false);
    expect(index.live()).toEqual([]);
  });

  it('begins anew with a revocation after it, which takes nothing over', () => {
    const index = indexOf({ session: 'session-1' });
    jest.advanceTimersByTime(3600_000);
    index.add(newEntry({ session: 'session-1', issuedBefore: NOW - 600 }, 3600));
    expect(index.isRevoked(ana(), TENANT)).toBe(false);
    expect(index.isRevoked(ana({ issuedAt: NOW - 601 }), TENANT)).toBe(true);
  });

  it('needs no timer', () => {
    indexOf({ session: 'session-1' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is over for one that comes too late', () => {
    const late = newEntry({ session: 'session-1' }, 60);
    jest.advanceTimersByTime(60_000);
    expect(new RevocationIndex(10).add(late)).toBe(false);
  });
});

describe('more revocations than fit', () => {
  /** Revokes one session for each second from now on. */
  function revokeSessions(index: RevocationIndex, count: number): void {
    for (let number = 0; number < count; number++) {
      jest.setSystemTime((NOW + number) * 1000);
      index.add(newEntry({ session: `flood-${number}` }, 3600));
    }
  }

  it('let nobody in: the oldest become one that revokes everything before them', () => {
    const index = new RevocationIndex(20);
    revokeSessions(index, 21);
    expect(index.size).toBe(19);
    for (let number = 0; number < 21; number++) {
      const who = ana({ sessionId: `flood-${number}`, issuedAt: NOW + number });
      expect(index.isRevoked(who, undefined)).toBe(true);
    }
    expect(index.isRevoked(ana({ issuedAt: NOW + 1 }), undefined)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: undefined }), undefined)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: NOW + 2 }), undefined)).toBe(false);
  });

  it('stay within the bound, and are told to operators once', () => {
    const index = new RevocationIndex(20);
    revokeSessions(index, 20);
    expect(warn).not.toHaveBeenCalled();
    revokeSessions(index, 500);
    expect(index.size).toBeLessThanOrEqual(20);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('Raise "max"'));
  });

  it('fold the ones that reach least far, and nothing where enough has expired', () => {
    const index = new RevocationIndex(10);
    index.add(newEntry({ user: 'old', issuedBefore: NOW - 1000 }, 3600));
    for (let number = 0; number < 9; number++) {
      index.add(newEntry({ session: `brief-${number}` }, 60));
    }
    index.add(newEntry({ session: 'one-more' }, 3600));
    expect(index.isRevoked(ana({ issuedAt: NOW - 1000 }), undefined)).toBe(true);
    expect(index.isRevoked(ana({ issuedAt: NOW - 999 }), undefined)).toBe(false);
    jest.advanceTimersByTime(60_000);
    index.add(newEntry({ session: 'and-more' }, 3600));
    expect(index.size).toBe(2);
    expect(index.isRevoked(ana({ issuedAt: NOW - 999 }), undefined)).toBe(false);
  });

  it('are not kept again when they are heard again', () => {
    const index = new RevocationIndex(1);
    const first = newEntry({ session: 'first' }, 3600);
    index.add(first);
    jest.setSystemTime((NOW + 5) * 1000);
    index.add(newEntry({ session: 'second' }, 3600));
    expect(index.add(first)).toBe(false);
    expect(index.isRevoked(ana({ sessionId: 'second' }), undefined)).toBe(true);
  });

  it('end with the last of those that were folded', () => {
    const index = new RevocationIndex(1);
    index.add(newEntry({ session: 'first' }, 60));
    index.add(newEntry({ session: 'second' }, 120));
    index.add(newEntry({ session: 'third' }, 120));
    jest.advanceTimersByTime(119_000);
    expect(index.isRevoked(ana(), undefined)).toBe(true);
    jest.advanceTimersByTime(1000);
    expect(index.isRevoked(ana(), undefined)).toBe(false);
  });
});
