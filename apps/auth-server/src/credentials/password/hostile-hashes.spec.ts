/** @jest-environment node */
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as argon2 from '@node-rs/argon2';
import { HashQueue } from './hash-queue.js';
import { CHEAP_HASHING } from '../../../../../test/auth-server/support/passwords.js';

const verify = jest.fn(argon2.verify);
jest.unstable_mockModule('@node-rs/argon2', () => ({ ...argon2, verify }));
const { PasswordHasher } = await import('./password-hasher.js');

const PASSWORD = 'lètmein';
const ARGON2 = '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$';
const DIGEST = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
const PBKDF2 = 'CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=';
const SCRYPT =
  'Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==';
const BCRYPT = 'abcdefghijklmnopqrstuuanVo7Xut1CH8VGIGlz1JovQh9GJbbtG';

describe('a stored hash that is unreadable or too expensive', () => {
  const hasher = new PasswordHasher(CHEAP_HASHING, new HashQueue(CHEAP_HASHING));

  beforeEach(() => {
    verify.mockClear();
  });

  it.each([
    '',
    '!',
    '!unusable',
    '$',
    PASSWORD,
    'null',
    'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3',
    `${ARGON2}${DIGEST}$`,
    `${ARGON2}!${DIGEST.slice(1)}`,
    `${ARGON2}${DIGEST.slice(0, -1)}9`,
    ARGON2,
    ARGON2.slice(0, -1),
    `${ARGON2}${'A'.repeat(100_000)}`,
    ARGON2.replace('m=8', 'm=4194304') + DIGEST,
    ARGON2.replace('m=8', 'm=4294967295') + DIGEST,
    ARGON2.replace('m=8', 'm=99999999999999') + DIGEST,
    ARGON2.replace('m=8', 'm=0') + DIGEST,
    ARGON2.replace('t=1', 't=4294967295') + DIGEST,
    ARGON2.replace('t=1', 't=0') + DIGEST,
    ARGON2.replace('p=1', 'p=255') + DIGEST,
    ARGON2.replace('p=1', 'p=16') + DIGEST,
    ARGON2.replace('v=19', 'v=20') + DIGEST,
    ARGON2.replace('argon2id', 'argon2x') + DIGEST,
    `argon2${ARGON2.replace('m=8', 'm=4194304')}${DIGEST}`,
    `argon2argon2${ARGON2}${DIGEST}`,
    `pbkdf2_sha256$5000001$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$9999999999$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$0$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$-1$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$1e3$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$10000$$${PBKDF2}`,
    `pbkdf2_sha256$10000$seasalt$`,
    `pbkdf2_sha256$10000$seasalt$AAAA`,
    `pbkdf2_sha1$10000$seasalt$${PBKDF2}`,
    `pbkdf2_md5$10000$seasalt$${PBKDF2}`,
    `pbkdf2_sha256$10000$${'s'.repeat(129)}$${PBKDF2}`,
    `scrypt$16777216$seasalt$8$1$${SCRYPT}`,
    `scrypt$16384$seasalt$999$1$${SCRYPT}`,
    `scrypt$16384$seasalt$8$999$${SCRYPT}`,
    `scrypt$16383$seasalt$8$1$${SCRYPT}`,
    `scrypt$0$seasalt$8$1$${SCRYPT}`,
    `scrypt$1$seasalt$8$1$${SCRYPT}`,
    `scrypt$16384$seasalt$0$1$${SCRYPT}`,
    `scrypt$16384$seasalt$8$0$${SCRYPT}`,
    `scrypt$seasalt$16384$8$1$${SCRYPT}`,
    'scrypt$16384$seasalt$8$1$AAAA',
    `$2b$31$${BCRYPT}`,
    `$2b$15$${BCRYPT}`,
    `$2b$03$${BCRYPT}`,
    `$2b$99$${BCRYPT}`,
    `$2x$04$${BCRYPT}`,
    `$2b$04$${BCRYPT.slice(1)}`,
    `$2b$04$${BCRYPT}\n`,
    `bcrypt$$2b$31$${BCRYPT}`,
  ])('%j never matches, and costs what an unknown account costs', async (stored) => {
    await expect(hasher.verify(PASSWORD, stored)).resolves.toEqual({
      matches: false,
      upgrade: false,
    });
    const work = verify.mock.calls;

    verify.mockClear();
    await hasher.verify(PASSWORD, undefined);
    expect(work).toEqual(verify.mock.calls);
    expect(work).toHaveLength(1);
  });

  it('a password that UTF-8 cannot say costs the same', async () => {
    await hasher.verify('violet \uD83E', await hasher.hash(PASSWORD));

    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('a hash of another scheme costs that much at least', async () => {
    await hasher.verify(PASSWORD, `pbkdf2_sha256$1$seasalt$${PBKDF2}`);

    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('never throws, whichever character of a good one is lost or changed', async () => {
    const good = [
      `${ARGON2}${DIGEST}`,
      `pbkdf2_sha256$1$seasalt$${PBKDF2}`,
      `scrypt$2$seasalt$8$1$${SCRYPT}`,
    ];
    const bad = good.flatMap((stored) =>
      Array.from(stored).flatMap((_, at) =>
        ['', '$', '0', '=', 'é'].map((put) => stored.slice(0, at) + put + stored.slice(at + 1)),
      ),
    );
    const answers: unknown[] = [];
    for (const stored of bad) answers.push(await hasher.verify(PASSWORD, stored));

    expect(answers).toEqual(bad.map(() => ({ matches: false, upgrade: false })));
  });
});
