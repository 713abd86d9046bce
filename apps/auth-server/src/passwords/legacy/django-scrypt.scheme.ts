import { scrypt, timingSafeEqual, type BinaryLike, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import type { LegacyScheme } from './legacy-scheme.js';

const FORMAT = /^scrypt\$(\d{1,8})\$([^$]{1,128})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/]{86}==)$/;
/** 128 · n · r bytes: 128 MiB. */
const MOST_MEMORY = 2 ** 20;
/** n · r · p: a few seconds of one thread. */
const MOST_WORK = 2 ** 22;

const derive: (
  password: BinaryLike,
  salt: BinaryLike,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer> = promisify(scrypt);

/**
 * scrypt (RFC 7914) as Django writes it: `scrypt$<n>$<salt>$<r>$<p>$<base64>`.
 *
 * HMAC fills its key up with NULs: a password with a NUL never matches, so that `a` is not `a\0`.
 */
export class DjangoScryptScheme implements LegacyScheme {
  recognises(stored: string): boolean {
    return read(stored) !== undefined;
  }

  async verify(password: string, stored: string): Promise<boolean> {
    const hash = read(stored);
    if (hash === undefined || password.includes('\0')) return false;
    const { salt, expected, n, r, p } = hash;
    // OpenSSL counts its own buffers, too.
    const maxmem = 128 * r * (n + p + 2);
    const derived = await derive(password, salt, expected.length, { N: n, r, p, maxmem });
    return timingSafeEqual(derived, expected);
  }
}

function read(stored: string) {
  const [, work, salt, blockSize, lanes, encoded] = FORMAT.exec(stored) ?? [];
  if (salt === undefined || encoded === undefined) return undefined;
  const n = Number(work);
  const r = Number(blockSize);
  const p = Number(lanes);
  const powerOfTwo = n >= 2 && Number.isInteger(Math.log2(n));
  if (!powerOfTwo || r < 1 || p < 1) return undefined;
  if (n * r > MOST_MEMORY || n * r * p > MOST_WORK) return undefined;
  return { n, r, p, salt, expected: Buffer.from(encoded, 'base64') };
}
