import { hash } from 'node:crypto';
import { checkMembers } from '../../errors/check-option.js';
import type { Claims } from '../../identity/identity.js';
import type { TestUser } from './test-user.js';

/** The claim that holds a field, by the name that every issuer gives it. */
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
 * A user as the claims of a token, but for the tenant.
 *
 * Without an id, the user's other fields make one: who is described alike is the same user, and who
 * is not is another, so nothing that is cached for one counts for the other.
 *
 * @throws {PatronusConfigurationError} where the user has a member that does not exist
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
