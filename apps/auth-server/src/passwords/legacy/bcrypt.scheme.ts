import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BcryptJob } from './bcrypt.worker.js';
import type { LegacyScheme } from './legacy-scheme.js';

const FORMAT =
  /^(bcrypt\$|bcrypt_sha256\$)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const LEAST_COST = 4;
/** One to two seconds; each step doubles it. */
const MOST_COST = 14;
/** bcrypt reads no further. */
const MOST_BYTES = 72;

const WORKER = new URL(`./bcrypt.worker${extname(import.meta.url)}`, import.meta.url);

/**
 * bcrypt (`$2a$`, `$2b$`, `$2y$`), plain or as Django prefixes it; in a thread of its own, because it is
 * computed in JavaScript.
 *
 * Plain bcrypt reads 72 bytes and ends at a NUL, so that a longer password would match by its beginning.
 * Passwords over 72 bytes of UTF-8, or with a NUL, therefore never match: their owners reset them.
 * `bcrypt_sha256` hashes the SHA-256 of the password in hexadecimal, and has neither limit.
 */
export class BcryptScheme implements LegacyScheme {
  recognises(stored: string): boolean {
    const cost = Number(FORMAT.exec(stored)?.[3]);
    return cost >= LEAST_COST && cost <= MOST_COST;
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const [, prefix, salt, , digest] = FORMAT.exec(stored) ?? [];
    if (salt === undefined || digest === undefined) return false;
    if (prefix === 'bcrypt_sha256$') {
      const hashed = createHash('sha256').update(password).digest('hex');
      return matches(hashed, salt, digest);
    }
    const readWhole = Buffer.byteLength(password) <= MOST_BYTES && !password.includes('\0');
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
