import { Identity, type IdentityFields } from '../identity/identity.js';

/** Now, in seconds since the epoch. */
export const NOW = 1_900_000_000;

export const TENANT = 'norte';

/**
 * Creates Ana's identity, with every id that a revocation can name, of a token that was issued a
 * minute ago.
 */
export function ana(fields: Partial<IdentityFields> = {}): Identity {
  return new Identity({
    id: 'ana',
    issuer: 'https://issuer',
    provider: 'test',
    sessionId: 'session-1',
    tokenId: 'token-1',
    issuedAt: NOW - 60,
    expiresAt: NOW + 3600,
    ...fields,
  });
}
