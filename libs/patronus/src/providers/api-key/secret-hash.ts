import { hash, timingSafeEqual } from 'node:crypto';

/** Hashes a secret for storage. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Compares two results of {@link hashOf} in constant time. */
export function isSameHash(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.byteLength === second.byteLength && timingSafeEqual(first, second);
}
