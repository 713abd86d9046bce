import { createHash, randomBytes } from 'node:crypto';

/** The prefixes by which secret scanners recognise leaked tokens. */
type TokenPrefix = 'prt' | 'pot' | 'pcs' | 'psr' | 'pdv' | 'pch';

/**
 * Creates a secret of 256 bits, which only its receiver keeps: `prt_…` is a refresh token, `pot_…` the token
 * of a link, `pcs_…` a client secret, `psr_…` the result of a sign-in on a page, `pdv_…` the secret of a device,
 * `pch_…` a sign-in that waits for another factor.
 */
export function newOpaqueToken(prefix: TokenPrefix): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** Hashes a token for storage. Secrets of 256 bits need no slow hash. */
export function hashOpaqueToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
