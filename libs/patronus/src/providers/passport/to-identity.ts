import type { Credential } from '../../identity/credential.js';
import type { Identity, IdentityFields } from '../../identity/identity.js';

type Defaulted = 'provider' | 'issuer' | 'expiresAt';

/**
 * The fields of an identity; only `id` is needed, as text. Without `expiresAt` it counts for a minute.
 * Without `claims`, the claims are the object that the strategy came to, if that is JSON: the payload
 * of a token, and not an entity.
 */
export type PassportIdentityFields = Omit<IdentityFields, Defaulted> &
  Partial<Pick<IdentityFields, Defaulted>>;

type Mapped = PassportIdentityFields | Identity;

interface Mapping {
  map(user: unknown, info: unknown, credential: Credential): Mapped | Promise<Mapped>;
}

/**
 * Makes an identity of the user that a strategy came to. The type of a method, so that a mapping may
 * say what users its strategy gives: `(user: Account) => ({ id: user.id })`.
 *
 * A {@link PatronusError} that it throws refuses the caller; anything else counts as an outage.
 */
export type ToIdentity = Mapping['map'];
