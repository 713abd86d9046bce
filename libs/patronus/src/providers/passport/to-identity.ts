import type { Credential } from '../../identity/credential.js';
import type { Identity, IdentityFields } from '../../identity/identity.js';

type Defaulted = 'provider' | 'issuer' | 'expiresAt';

/**
 * Fields of an identity. Only `id` is required, as text. Without `expiresAt` the identity is valid
 * for a minute. Without `claims`, the claims are the user of the strategy, if that is JSON: the
 * payload of a token, and not an entity.
 */
export type PassportIdentityFields = Omit<IdentityFields, Defaulted> &
  Partial<Pick<IdentityFields, Defaulted>>;

type Mapped = PassportIdentityFields | Identity;

interface Mapping {
  map(user: unknown, info: unknown, credential: Credential): Mapped | Promise<Mapped>;
}

/**
 * Makes an identity of the user of a strategy. The type of a method, so that a mapping may declare
 * the type of user of its strategy: `(user: Account) => ({ id: user.id })`.
 *
 * A {@link PatronusError} that it throws refuses the caller. Any other error counts as an outage.
 */
export type ToIdentity = Mapping['map'];
