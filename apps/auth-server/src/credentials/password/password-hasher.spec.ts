import { describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { HashQueue } from './hash-queue.js';
import { HashingOverloadedError } from './hash-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordSettings } from './argon2.js';
import { CHEAP_HASHING } from '../../../../../test/auth-server/support/passwords.js';

const PASSWORD = 'violet kettle mountain 7';
const NO_MATCH = { matches: false, upgrade: false };
const CURRENT = { matches: true, upgrade: false };
const FOREIGN = { matches: true, upgrade: true };

const hasherWith = (settings: PasswordSettings) =>
  new PasswordHasher(settings, new HashQueue(settings));

describe('PasswordHasher', () => {
  const hasher = hasherWith(CHEAP_HASHING);

  it('makes argon2id hashes of the costs that are set, each with a salt of its own', async () => {
    const [one, other] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);

    expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
  });

  it('costs what RFC 9106 recommends where nothing is set', async () => {
    await expect(hasherWith(new PasswordSettings()).hash(PASSWORD)).resolves.toMatch(
      /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/,
    );
  });

  it('knows the password again, and no other', async () => {
    const stored = await hasher.hash(PASSWORD);

    await expect(hasher.verify(PASSWORD, stored)).resolves.toEqual(CURRENT);
    await expect(hasher.verify(`${PASSWORD} `, stored)).resolves.toEqual(NO_MATCH);
    await expect(hasher.verify(PASSWORD.toUpperCase(), stored)).resolves.toEqual(NO_MATCH);
    await expect(hasher.verify('', stored)).resolves.toEqual(NO_MATCH);
  });

  it.each([
    ['after 72 bytes', 'x'.repeat(72)],
    ['after 4,096 bytes', 'x'.repeat(4096)],
    ['after a megabyte', 'x'.repeat(2 ** 20)],
    ['after a NUL', 'violet\0'],
    ['after a character of four bytes', '🦉'],
  ])('tells apart passwords that differ only %s', async (_, beginning) => {
    const stored = await hasher.hash(`${beginning}a`);

    await expect(hasher.verify(`${beginning}a`, stored)).resolves.toEqual(CURRENT);
    await expect(hasher.verify(`${beginning}b`, stored)).resolves.toEqual(NO_MATCH);
    await expect(hasher.verify(beginning, stored)).resolves.toEqual(NO_MATCH);
    await expect(hasher.verify(`${beginning}a\0`, stored)).resolves.toEqual(NO_MATCH);
  });

  it('knows a password again that another keyboard composes otherwise (NFC)', async () => {
    const stored = await hasher.hash('les élèves'.normalize('NFD'));

    await expect(hasher.verify('les élèves'.normalize('NFC'), stored)).resolves.toEqual(CURRENT);
    await expect(hasher.verify('les élèves'.normalize('NFD'), stored)).resolves.toEqual(CURRENT);
    await expect(hasher.verify('les eleves', stored)).resolves.toEqual(NO_MATCH);
  });

  it('keeps apart what only a compatible form would merge', async () => {
    const stored = await hasher.hash('ﬁve kettles');

    await expect(hasher.verify('five kettles', stored)).resolves.toEqual(NO_MATCH);
  });

  it('takes no lone surrogates, which UTF-8 would merge', async () => {
    await expect(hasher.hash('violet \uD83E')).rejects.toThrow(TypeError);
    const stored = await hasher.hash('violet \uFFFD');
    await expect(hasher.verify('violet \uD83E', stored)).resolves.toEqual(NO_MATCH);
  });

  it.each([
    ['more memory', { memoryCost: 24 }],
    ['less memory', { memoryCost: 8 }],
    ['more passes', { timeCost: 2 }],
    ['more lanes', { parallelism: 2 }],
  ])('asks for a new hash where the old one has %s', async (_, costs) => {
    const today = hasherWith(new PasswordSettings({ memoryCost: 16, timeCost: 1 }));
    const stored = await hasherWith(
      new PasswordSettings({ memoryCost: 16, timeCost: 1, ...costs }),
    ).hash(PASSWORD);

    await expect(today.verify(PASSWORD, stored)).resolves.toEqual(FOREIGN);
    await expect(today.verify('another', stored)).resolves.toEqual(NO_MATCH);
  });

  it.each([
    [
      'another variant and a shorter salt',
      '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG',
    ],
    [
      'a shorter salt',
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
  ])('knows the vectors of the reference implementation: %s', async (_, stored) => {
    const alike = hasherWith(new PasswordSettings({ memoryCost: 65_536, timeCost: 2 }));

    await expect(alike.verify('password', stored)).resolves.toEqual(FOREIGN);
    await expect(alike.verify('passwore', stored)).resolves.toEqual(NO_MATCH);
  });

  it('asks for a new hash where the old one is of another variant, and else alike', async () => {
    const argon2i = 1;
    const stored = await hash(PASSWORD, {
      memoryCost: 8,
      timeCost: 1,
      parallelism: 1,
      algorithm: argon2i,
    });

    await expect(hasher.verify(PASSWORD, stored)).resolves.toEqual(FOREIGN);
  });

  it('never knows an unknown account, not even by the empty password', async () => {
    for (const password of ['', PASSWORD, 'undefined', '\0']) {
      await expect(hasher.verify(password, undefined)).resolves.toEqual(NO_MATCH);
    }
  });

  it('verifies hashes made elsewhere, and asks for a new one', async () => {
    const stored = 'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=';

    await expect(hasher.verify('lètmein', stored)).resolves.toEqual(FOREIGN);
    await expect(hasher.verify('lètmein'.normalize('NFD'), stored)).resolves.toEqual(FOREIGN);
    await expect(hasher.verify('letmein', stored)).resolves.toEqual(NO_MATCH);
  });

  it('also tries the password as it was typed for hashes of other systems', async () => {
    const decomposed = 'pbkdf2_sha256$1000$seasalt$ZHl463Q4amVR6YZ6PuKthUk+BB/1Z1PJC7mTVKdrVLc=';

    await expect(hasher.verify('lètmein'.normalize('NFD'), decomposed)).resolves.toEqual(FOREIGN);
    await expect(hasher.verify('lètmein', decomposed)).resolves.toEqual(NO_MATCH);
  });

  it('refuses hashes and logins immediately if the queue is full', async () => {
    const narrow = hasherWith(
      new PasswordSettings({ memoryCost: 8, timeCost: 1, concurrency: 1, maxQueue: 1 }),
    );
    const taken = [narrow.hash(PASSWORD), narrow.verify(PASSWORD, undefined)];

    await expect(narrow.hash(PASSWORD)).rejects.toThrow(HashingOverloadedError);
    await expect(narrow.verify(PASSWORD, undefined)).rejects.toThrow(HashingOverloadedError);
    await Promise.all(taken);
    await expect(narrow.verify(PASSWORD, undefined)).resolves.toEqual(NO_MATCH);
  });
});
