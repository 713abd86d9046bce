import type { IdentityFields } from './identity.js';

/** What a provider itself states of an identity, and no mapping ever changes. */
type StatedField =
  'id' | 'issuer' | 'provider' | 'tokenId' | 'issuedAt' | 'confirmation' | 'expiresAt' | 'claims';

/** The fields of an identity that come from a mapping of claims. */
export type MappedFields = Partial<Omit<IdentityFields, StatedField>>;
