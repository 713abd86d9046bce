import { hash } from 'node:crypto';
import { checkMembers } from '../../errors/check-option.js';
import type { Claims } from '../../identity/identity.js';
import type { TestUser } from './test-user.js';

/** Claims that hold the fields, by the names that every issuer uses. */
const CLAIM_OF = {
  id: 'sub',
  issuer: 'iss',
  email: 'email',
  emailVerified: 'email_verified',
  name: 'name',
  roles: 'roles',
  permissions: 'permissions',
  platformRoles: 'platform_roles',
  platformPermissions: 'platform_permissions',
  scopes: 'scope',
  sessionId: 'sid',
  tokenId: 'jti',
  issuedAt: 'iat',
  expiresAt: 'exp',
  authenticatedAt: 'auth_time',
  authenticationMethods: 'amr',
  authenticationLevel: 'acr',
} as const satisfies Readonly<Record<Exclude<keyof TestUser, 'tenantId' | 'claims'>, string>>;

const MEMBERS = [...Object.keys(CLAIM_OF), 'tenantId', 'claims'];

/**
 * Converts a user to the claims of a token, except for the tenant.
 *
 * Without an id, it is derived from the user's other fields. Equal descriptions give the same user,
 * and different ones different users, so that no cache entry of one counts for the other.
 *
 * @throws {PatronusConfigurationError} if the user has a member that does not exist
 */
export function claimsOfUser(user: TestUser): Claims {
  checkMembers('user', user, MEMBERS);
  const said = { ...user, scopes: user.scopes?.join(' ') };
  const stated = Object.entries(CLAIM_OF)
    .map(([field, claim]): [string, unknown] => [claim, Reflect.get(said, field)])
    .filter(([, value]) => value !== undefined);
  return {
    sub: `user-${hash('sha256', JSON.stringify(user)).slice(0, 8)}`,
    ...user.claims,
    ...Object.fromEntries(stated),
  };
}
