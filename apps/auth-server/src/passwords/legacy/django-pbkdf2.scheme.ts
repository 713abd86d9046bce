import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { LegacyScheme } from './legacy-scheme.js';

const FORMAT = /^pbkdf2_(sha256|sha1)\$(\d{1,7})\$([^$]{1,128})\$([A-Za-z0-9+/=]{1,64})$/;
/** A few seconds of one thread. */
const MOST_ITERATIONS = 5_000_000;

const derive = promisify(pbkdf2);

/**
 * PBKDF2 (RFC 8018) as Django writes it: `pbkdf2_sha256$<iterations>$<salt>$<base64>`, or `pbkdf2_sha1`.
 *
 * HMAC fills its key up with NULs: a password with a NUL never matches, so that `a` is not `a\0`.
 */
export class DjangoPbkdf2Scheme implements LegacyScheme {
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
  const [, digest, rounds, salt, encoded] = FORMAT.exec(stored) ?? [];
  if (digest === undefined || salt === undefined || encoded === undefined) return undefined;
  const iterations = Number(rounds);
  const expected = Buffer.from(encoded, 'base64');
  const whole = expected.length === (digest === 'sha256' ? 32 : 20);
  if (!whole || iterations < 1 || iterations > MOST_ITERATIONS) return undefined;
  return { digest, iterations, salt, expected };
}
