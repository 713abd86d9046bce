import { createHash, randomBytes } from 'node:crypto';

/** What a leaked token is recognised by, for scanners of secrets. */
export type TokenPrefix = 'prt' | 'pot' | 'pcs';

/** A secret of 256 bits that its receiver alone keeps: `prt_…` refresh, `pot_…` once, `pcs_…` client. */
export function newOpaqueToken(prefix: TokenPrefix): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is kept of it. Secrets of that length need no slow hash. */
export function hashOpaqueToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
