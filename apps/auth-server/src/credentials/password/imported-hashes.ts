import {
  type BinaryLike,
  createHash,
  pbkdf2,
  scrypt,
  type ScryptOptions,
  timingSafeEqual,
} from 'node:crypto';
import { once } from 'node:events';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { verify } from '@node-rs/argon2';
import { readArgon2 } from './argon2.js';
import type { BcryptJob } from './bcrypt.worker.js';

/** A scheme of password hashes that the platform verifies and does not create. */
interface LegacyScheme {
  /** Tells if `stored` is a hash of this scheme within the cost limits. */
  recognises(stored: string): boolean;
  /** Verifies a password. Call it only with hashes that {@link recognises} accepts. */
  verify(password: string, stored: string): Promise<boolean>;
}

/** argon2 of any variant and cost: as a PHC string, or with the prefix of Django (`argon2$argon2id$…`). */
class Argon2Scheme implements LegacyScheme {
  recognises(stored: string): boolean {
    return readArgon2(withoutPrefix(stored)) !== undefined;
  }

  verify(password: string, stored: string): Promise<boolean> {
    return verify(withoutPrefix(stored), password);
  }
}

function withoutPrefix(stored: string): string {
  return stored.startsWith('argon2$') ? stored.slice('argon2'.length) : stored;
}

const BCRYPT_FORMAT =
  /^(bcrypt\$|bcrypt_sha256\$)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const MIN_COST = 4;
/** Takes one to two seconds. Each step doubles the time. */
const MAX_COST = 14;
/** bcrypt ignores the bytes after these. */
const MAX_BYTES = 72;

const WORKER = new URL(`./bcrypt.worker${extname(import.meta.url)}`, import.meta.url);

/**
 * bcrypt (`$2a$`, `$2b$`, `$2y$`), plain or with the prefix of Django. It runs in a separate thread,
 * because it is computed in JavaScript.
 *
 * Plain bcrypt reads 72 bytes and stops at a NUL, so a longer password would match by its beginning.
 * Passwords over 72 bytes of UTF-8, or with a NUL, therefore never match. Their owners reset them.
 * `bcrypt_sha256` hashes the SHA-256 of the password in hexadecimal, and has neither limit.
 */
class BcryptScheme implements LegacyScheme {
  recognises(stored: string): boolean {
    const cost = Number(BCRYPT_FORMAT.exec(stored)?.[3]);
    return cost >= MIN_COST && cost <= MAX_COST;
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const [, prefix, salt, , digest] = BCRYPT_FORMAT.exec(stored) ?? [];
    if (salt === undefined || digest === undefined) return false;
    if (prefix === 'bcrypt_sha256$') {
      const hashed = createHash('sha256').update(password).digest('hex');
      return matches(hashed, salt, digest);
    }
    const readWhole = Buffer.byteLength(password) <= MAX_BYTES && !password.includes('\0');
    return readWhole && matches(password, salt, digest);
  }
}

async function matches(password: string, salt: string, digest: string): Promise<boolean> {
  const hash = Buffer.from(await hashInThread({ password, salt }));
  const expected = Buffer.from(salt + digest);
  return hash.length === expected.length && timingSafeEqual(hash, expected);
}

async function hashInThread(job: BcryptJob): Promise<string> {
  const worker = new Worker(WORKER);
  try {
    worker.postMessage(job, []);
    const ends = [once(worker, 'message'), once(worker, 'exit')];
    const answer: unknown = (await Promise.race(ends))[0];
    if (typeof answer !== 'string') throw new Error('The thread that computes bcrypt ended early.');
    return answer;
  } finally {
    await worker.terminate();
  }
}

const PBKDF2_FORMAT = /^pbkdf2_(sha256|sha1)\$(\d{1,7})\$([^$]{1,128})\$([A-Za-z0-9+/=]{1,64})$/;
/** Takes a few seconds of one thread. */
const MAX_ITERATIONS = 5_000_000;

const derive = promisify(pbkdf2);

/**
 * PBKDF2 (RFC 8018) as Django writes it: `pbkdf2_sha256$<iterations>$<salt>$<base64>`, or `pbkdf2_sha1`.
 *
 * HMAC pads its key with NULs. A password with a NUL never matches, so `a` and `a\0` are different.
 */
class DjangoPbkdf2Scheme implements LegacyScheme {
  recognises(stored: string): boolean {
    return read(stored) !== undefined;
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const hash = read(stored);
    if (hash === undefined || password.includes('\0')) return false;
    const { digest, iterations, salt, expected } = hash;
    const derived = await derive(password, salt, iterations, expected.length, digest);
    return timingSafeEqual(derived, expected);
  }
}

function read(stored: string) {
  const [, digest, rounds, salt, encoded] = PBKDF2_FORMAT.exec(stored) ?? [];
  if (digest === undefined || salt === undefined || encoded === undefined) return undefined;
  const iterations = Number(rounds);
  const expected = Buffer.from(encoded, 'base64');
  const whole = expected.length === (digest === 'sha256' ? 32 : 20);
  if (!whole || iterations < 1 || iterations > MAX_ITERATIONS) return undefined;
  return { digest, iterations, salt, expected };
}

const SCRYPT_FORMAT =
  /^scrypt\$(\d{1,8})\$([^$]{1,128})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/]{86}==)$/;
/** The limit of n · r. The memory is 128 · n · r bytes: 128 MiB. */
const MAX_MEMORY = 2 ** 20;
/** The limit of n · r · p: a few seconds of one thread. */
const MAX_WORK = 2 ** 22;

const deriveScrypt: (
  password: BinaryLike,
  salt: BinaryLike,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(scrypt);

/**
 * scrypt (RFC 7914) as Django writes it: `scrypt$<n>$<salt>$<r>$<p>$<base64>`.
 *
 * HMAC pads its key with NULs. A password with a NUL never matches, so `a` and `a\0` are different.
 */
class DjangoScryptScheme implements LegacyScheme {
  recognises(stored: string): boolean {
    return readScrypt(stored) !== undefined;
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const hash = readScrypt(stored);
    if (hash === undefined || password.includes('\0')) return false;
    const { salt, expected, n, r, p } = hash;
    // OpenSSL also counts its own buffers.
    const maxmem = 128 * r * (n + p + 2);
    const derived = await deriveScrypt(password, salt, expected.length, { N: n, r, p, maxmem });
    return timingSafeEqual(derived, expected);
  }
}

function readScrypt(stored: string) {
  const [, work, salt, blockSize, lanes, encoded] = SCRYPT_FORMAT.exec(stored) ?? [];
  if (salt === undefined || encoded === undefined) return undefined;
  const n = Number(work);
  const r = Number(blockSize);
  const p = Number(lanes);
  const powerOfTwo = n >= 2 && Number.isInteger(Math.log2(n));
  if (!powerOfTwo || r < 1 || p < 1) return undefined;
  if (n * r > MAX_MEMORY || n * r * p > MAX_WORK) return undefined;
  return { n, r, p, salt, expected: Buffer.from(encoded, 'base64') };
}

/** The schemes that are verified. Their hashes are replaced at the next login. */
export const LEGACY_SCHEMES: readonly LegacyScheme[] = [
  new Argon2Scheme(),
  new BcryptScheme(),
  new DjangoPbkdf2Scheme(),
  new DjangoScryptScheme(),
];
