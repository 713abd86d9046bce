import { credentialFields } from '../../identity/claim-mapping.js';
import { Identity } from '../../identity/identity.js';
import type { JsonObject } from '../../identity/json-object.js';
import { checkAudience } from './audience-claim.js';
import { checkClaims, refuseOtherTokens } from './check-claims.js';
import type { JwtProfile } from './jwt.profile.js';

/**
 * Makes the identity that a token's claims describe, after it has checked their types, their
 * audience and the vendor's own rules. Signature, issuer and times were checked before.
 *
 * @throws {PatronusError} `token_invalid`
 */
export function identityOfClaims(claims: JsonObject, profile: JwtProfile): Identity {
  refuseOtherTokens(claims);
  const { id, exp } = checkClaims(claims, profile);
  if (profile.audience !== undefined) checkAudience(claims, 'aud', profile.audience);
  profile.check(claims);
  return new Identity({
    ...profile.map(claims),
    ...credentialFields(claims),
    id,
    issuer: profile.issuer,
    provider: profile.name,
    expiresAt: exp,
    claims,
  });
}
