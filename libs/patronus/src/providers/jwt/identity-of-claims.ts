import { credentialFields } from '../../identity/claim-mapping.js';
import { Identity } from '../../identity/identity.js';
import type { JsonObject } from '../../identity/json-object.js';
import { checkClaims, refuseOtherTokens } from './check-claims.js';
import type { JwtProfile } from './jwt.profile.js';

/**
 * The identity that a token's claims describe, once their shape and the vendor's own rules are
 * checked. Signature, issuer, audience and times were checked before.
 *
 * @throws {PatronusError} `token_invalid`
 */
export function identityOfClaims(claims: JsonObject, profile: JwtProfile): Identity {
  refuseOtherTokens(claims);
  const { sub, exp } = checkClaims(claims, profile.clockTolerance);
  profile.check(claims);
  return new Identity({
    ...profile.map(claims),
    ...credentialFields(claims),
    id: sub,
    issuer: profile.issuer,
    provider: profile.name,
    expiresAt: exp,
    claims,
  });
}
