import type { Claims, IdentityFields } from './identity.js';
import { warnOfMisspeltMembers } from './misspelt-members.js';

/** Fields that a provider itself states, and that no mapping changes. */
type StatedField =
  'id' | 'issuer' | 'provider' | 'tokenId' | 'issuedAt' | 'confirmation' | 'expiresAt' | 'claims';

/** Fields of an identity that come from a mapping of claims. */
export type MappedFields = Partial<Omit<IdentityFields, StatedField>>;

const STATED: Readonly<Record<StatedField, true>> = {
  id: true,
  issuer: true,
  provider: true,
  tokenId: true,
  issuedAt: true,
  confirmation: true,
  expiresAt: true,
  claims: true,
};

const MAPPED: Readonly<Record<keyof MappedFields, true>> = {
  email: true,
  emailVerified: true,
  name: true,
  tenantId: true,
  roles: true,
  permissions: true,
  platformRoles: true,
  platformPermissions: true,
  scopes: true,
  sessionId: true,
  authenticatedAt: true,
  authenticationMethods: true,
  authenticationLevel: true,
  isService: true,
};

/**
 * Calls a mapping of the application, and logs a warning if it returns a member that no identity has.
 *
 * @param path - the option, such as `oidc.mapClaims`
 */
export function mappedBy(
  path: string,
  mapClaims: ((claims: Claims) => MappedFields) | undefined,
  claims: Claims,
): MappedFields | undefined {
  const fields: MappedFields | undefined = mapClaims?.(claims);
  if (typeof fields === 'object' && fields !== null) {
    warnOfMisspeltMembers(path, fields, Object.keys(MAPPED));
  }
  return fields;
}

/**
 * Logs a warning if the fields of a whole identity, made by the application, have a member that no identity
 * has.
 *
 * @param path - the option, such as `passport.toIdentity`
 */
export function checkFields(path: string, fields: object): void {
  warnOfMisspeltMembers(path, fields, [...Object.keys(STATED), ...Object.keys(MAPPED)]);
}
