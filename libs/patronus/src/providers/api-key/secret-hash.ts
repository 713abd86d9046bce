import { hash, timingSafeEqual } from 'node:crypto';

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** Compares two texts of {@link hashOf} in a time that says nothing of where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.byteLength === second.byteLength && timingSafeEqual(first, second);
}
