import { describe, expect, it } from '@jest/globals';
import { LEGACY_SCHEMES } from './imported-hashes.js';

const ARGON2ID =
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

/** Written by others: the reference implementation of argon2, libxcrypt, Python's hashlib, Django's tests. */
const HASHES = {
  'argon2 with the prefix of Django': ['password', `argon2${ARGON2ID}`],
  'argon2 as a PHC string': ['password', ARGON2ID],
  'bcrypt $2a$': ['lètmein', '$2a$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG'],
  'bcrypt $2b$': ['lètmein', '$2b$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG'],
  'bcrypt $2y$': ['lètmein', '$2y$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG'],
  'bcrypt with the prefix of Django': [
    'lètmein',
    'bcrypt$$2b$04$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG',
  ],
  'bcrypt of 72 bytes': [
    'é'.repeat(36),
    '$2b$04$abcdefghijklmnopqrstuuKiIlCeXB6chNXkLyAo8C7XcLPzh6zUe',
  ],
  'bcrypt_sha256 of Django': [
    'lètmein',
    'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuulyx/yrfLnuLCi6gwFG5mrkJjuQKpL6S',
  ],
  'bcrypt_sha256 of 80 bytes': [
    'x'.repeat(80),
    'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuVTgWIlfVafOdCoNj73.S3YIYkZL7g7S',
  ],
  'PBKDF2 with SHA-256': [
    'lètmein',
    'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=',
  ],
  'PBKDF2 with SHA-1': ['lètmein', 'pbkdf2_sha1$10000$seasalt$oAfF6vgs95ncksAhGXOWf4Okq7o='],
  'scrypt with one lane': [
    'lètmein',
    'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
  ],
  'scrypt with five lanes': [
    'lètmein',
    'scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==',
  ],
} as const;

function schemeOf(stored: string) {
  const [scheme, ...others] = LEGACY_SCHEMES.filter((each) => each.recognises(stored));
  expect(others).toEqual([]);
  return scheme!;
}

describe('hashes made elsewhere', () => {
  it.each(Object.entries(HASHES))('%s verifies', async (_, [password, stored]) => {
    const scheme = schemeOf(stored);

    await expect(scheme.verify(password, stored)).resolves.toBe(true);
    await expect(scheme.verify(`${password.slice(0, -1)}o`, stored)).resolves.toBe(false);
    await expect(scheme.verify(`${password}z`, stored)).resolves.toBe(false);
    await expect(scheme.verify('', stored)).resolves.toBe(false);
  });

  // bcrypt reads `abc\0abc` over and over as it reads `abc`; HMAC fills its key up with NULs.
  it.each(Object.entries(HASHES))(
    '%s never knows a NUL that was added',
    async (_, [password, stored]) => {
      const scheme = schemeOf(stored);

      await expect(scheme.verify(`${password}\0`, stored)).resolves.toBe(false);
      await expect(scheme.verify(`${password}\0${password}`, stored)).resolves.toBe(false);
    },
  );

  it.each([
    ['m=262144,t=2,p=1', 'm=262145,t=2,p=1'],
    ['m=65536,t=16,p=1', 'm=65536,t=17,p=1'],
    ['m=65536,t=2,p=16', 'm=65536,t=2,p=17'],
  ])('argon2 bears %s, and not %s', (most, more) => {
    const [borne, tooMuch] = [most, more].map((costs) =>
      ARGON2ID.replace('m=65536,t=2,p=1', costs),
    );

    expect(schemeOf(borne!)).toBeDefined();
    expect(schemeOf(tooMuch!)).toBeUndefined();
  });

  it.each([
    ['bcrypt $2b$', '$04$', '$14$', '$15$'],
    ['PBKDF2 with SHA-256', '$10000$', '$5000000$', '$5000001$'],
    ['PBKDF2 with SHA-1', '$10000$', '$5000000$', '$5000001$'],
    ['scrypt with one lane', '$16384$', '$131072$', '$262144$'],
    ['scrypt with one lane', '$8$1$', '$64$1$', '$128$1$'],
    ['scrypt with one lane', '$8$1$', '$8$32$', '$8$33$'],
  ] as const)('%s instead of %s bears %s, and not %s', (name, costs, most, more) => {
    const [, stored] = HASHES[name];

    expect(schemeOf(stored.replace(costs, most))).toBeDefined();
    expect(schemeOf(stored.replace(costs, more))).toBeUndefined();
  });

  it('bcrypt never knows a password by its first 72 bytes', async () => {
    const stored = '$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i';
    const scheme = schemeOf(stored);

    await expect(scheme.verify('x'.repeat(72), stored)).resolves.toBe(true);
    await expect(scheme.verify('x'.repeat(73), stored)).resolves.toBe(false);
    await expect(scheme.verify(`${'x'.repeat(72)}é`, stored)).resolves.toBe(false);
  });

  it('bcrypt leaves the thread of the requests alone', async () => {
    const stored = '$2b$10$abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG';
    const { promise, resolve } = Promise.withResolvers<string>();
    const verification = schemeOf(stored)
      .verify('lètmein', stored)
      .then(() => 'bcrypt');
    setImmediate(() => resolve('a request'));

    await expect(Promise.race([verification, promise])).resolves.toBe('a request');
    await verification;
  });
});
