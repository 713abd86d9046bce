import { PatronusError } from '../../errors/patronus.error.js';
import { credentialFields, standardFields, textOf } from '../../identity/claim-mapping.js';
import { type Claims, Identity } from '../../identity/identity.js';
import { claimsOfUser } from './claims-of-user.js';
import type { TestUser } from './test-user.js';

/** Default lifetime of an identity, in seconds, if `expiresAt` is not given. */
const LIFETIME = 3600;
const ISSUER = 'https://mock-identity.invalid';

/** Name of the `provider` of identities that the testing kit creates. */
export const MOCK_PROVIDER = 'mock';

/**
 * Creates the identity of a user, for a unit test that passes the caller to a method.
 *
 * @throws {PatronusConfigurationError} if the user has a member that does not exist
 * @example
 * const ana = testIdentity({ id: 'ana', tenantId: 'norte', roles: ['doctor'] });
 * expect(await controller.list(ana)).toEqual([]);
 */
export function testIdentity(user: TestUser = {}): Identity {
  return identityOf(claimsOfUser(user), user.tenantId);
}

/**
 * Returns the identity that the claims of a test user describe.
 *
 * @throws {PatronusError} `token_invalid`, `token_expired`
 */
export function identityOf(claims: Claims, tenantId: string | undefined): Identity {
  const known: Claims = { iss: ISSUER, ...claims };
  const now = Math.floor(Date.now() / 1000);
  const { sub, iss, exp = now + LIFETIME } = known;
  const id = textOf(sub);
  const issuer = textOf(iss);
  if (id === undefined || issuer === undefined) throw invalid('id or issuer is not text');
  if (typeof exp !== 'number') throw invalid('expiresAt is not a number');
  if (exp <= now) throw new PatronusError('token_expired');
  return new Identity({
    ...standardFields(known),
    ...credentialFields(known),
    id,
    issuer,
    provider: MOCK_PROVIDER,
    tenantId,
    expiresAt: exp,
    claims: known,
  });
}

function invalid(reason: string): PatronusError {
  return new PatronusError('token_invalid', { reason: `${MOCK_PROVIDER}: ${reason}` });
}
