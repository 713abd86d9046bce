import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { InMemoryRevocations } from './in-memory.revocations.js';
import type { Revocation } from './revocation.js';
import { ana, NOW, TENANT } from '../../../../test/fixtures/revocable-identity.js';

beforeEach(() => {
  jest.useFakeTimers({ now: NOW * 1000 });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('revocations in memory', () => {
  it('count once they are said, and tell the listeners, with the time that was meant', async () => {
    const revocations = new InMemoryRevocations();
    const heard = jest.fn();
    revocations.observe(heard);
    expect(revocations.isRevoked(ana(), TENANT)).toBe(false);
    await revocations.revoke({ user: 'ana' });
    expect(revocations.isRevoked(ana(), TENANT)).toBe(true);
    expect(heard.mock.calls).toEqual([[{ user: 'ana', issuedBefore: NOW }]]);
  });

  it('stay whatever becomes of the object that was given, or of a listener', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const revocations = new InMemoryRevocations();
    revocations.observe(() => {
      throw new Error('deaf');
    });
    const given = { session: 'session-1' };
    await revocations.revoke(given);
    given.session = 'another';
    expect(revocations.isRevoked(ana(), TENANT)).toBe(true);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('deaf'));
  });

  it('are kept for a day, or as long as is told', async () => {
    const [usual, brief] = [new InMemoryRevocations(), new InMemoryRevocations({ keepFor: 60 })];
    await Promise.all([usual, brief].map((one) => one.revoke({ token: 'token-1' })));
    jest.advanceTimersByTime(60_000);
    expect(brief.isRevoked(ana(), TENANT)).toBe(false);
    jest.advanceTimersByTime((24 * 3600 - 61) * 1000);
    expect(usual.isRevoked(ana(), TENANT)).toBe(true);
    jest.advanceTimersByTime(1000);
    expect(usual.isRevoked(ana(), TENANT)).toBe(false);
  });

  it.each([{ keepFor: 0 }, { keepFor: Number.NaN }, { max: 0 }, { max: 1.5 }, { keepfor: 60 }])(
    'refuse the options %j, by name',
    (options) => {
      expect(() => new InMemoryRevocations(options)).toThrow(PatronusConfigurationError);
      expect(() => new InMemoryRevocations(options)).toThrow(/^revocations\.(keepFor|max|keepfor)/);
    },
  );
});

describe('a revocation that is none', () => {
  const JWT = `eyJhbGciOiJub25lIn0.${'x'.repeat(30)}.${'y'.repeat(30)}`;
  const UNDEFINED: object = { session: undefined, issuer: 'https://issuer' };

  it.each<[object | null, string]>([
    [{}, 'revocation: names nothing.'],
    [null, 'revocation: is not an object.'],
    [UNDEFINED, 'revocation.session: is undefined'],
    [{ users: 'ana' }, 'revocation.users: is not an option. Did you mean "user"?'],
    [JSON.parse('{"__proto__":"x"}'), 'revocation.__proto__: is not an option.'],
    [{ user: '' }, 'revocation.user: is not an id.'],
    [{ user: 7 }, 'revocation.user: is not an id.'],
    [{ tenant: 'x'.repeat(1025) }, 'revocation.tenant: is not an id.'],
    [{ token: JWT }, 'revocation.token: is a whole token.'],
    [{ issuedBefore: Number.NaN }, 'revocation.issuedBefore: is not a time.'],
    [{ issuedBefore: '5' }, 'revocation.issuedBefore: is not a time.'],
    [{ issuedBefore: -1 }, 'revocation.issuedBefore: is not a time.'],
    [{ issuedBefore: NOW + 61 }, 'revocation.issuedBefore: is in the future'],
    [{ issuedBefore: NOW * 1000 }, 'revocation.issuedBefore: is in the future'],
  ])('is refused, and revokes nothing: %j', async (given, message) => {
    const revocations = new InMemoryRevocations();
    const heard = jest.fn();
    revocations.observe(heard);
    const revoke: (revocation: never) => Promise<void> = (one) => revocations.revoke(one);
    const attempt = Reflect.apply(revoke, undefined, [given]);
    await expect(attempt).rejects.toBeInstanceOf(PatronusConfigurationError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(JWT);
    expect(heard).not.toHaveBeenCalled();
    expect(revocations.isRevoked(ana({ issuedAt: 0 }), TENANT)).toBe(false);
  });

  it.each<Revocation>([
    { tenant: 'x'.repeat(1024) },
    { issuedBefore: NOW + 60 },
    { token: 'a.b.c' },
    { issuedBefore: 0 },
  ])('is told from one that is: %j', async (revocation) => {
    await expect(new InMemoryRevocations().revoke(revocation)).resolves.toBeUndefined();
  });
});
