import type { IdentityFields } from './identity.js';

/** Fields that a provider itself states, and that no mapping changes. */
type StatedField =
  'id' | 'issuer' | 'provider' | 'tokenId' | 'issuedAt' | 'confirmation' | 'expiresAt' | 'claims';

/** Fields of an identity that come from a mapping of claims. */
export type MappedFields = Partial<Omit<IdentityFields, StatedField>>;
