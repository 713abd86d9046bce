import { PatronusError } from '../../errors/patronus.error.js';
import type { Claims, Identity } from '../../identity/identity.js';
import type { PresentedCredential } from '../presented-credential.js';
import { proofMissing } from './dpop-error.js';

const THUMBPRINT = /^[\w-]{43}$/;

/**
 * Other confirmation methods of the IANA registry (RFC 7800, section 6.2). They name a key or a
 * certificate whose possession cannot be checked here.
 */
const OTHER_METHODS = ['jwk', 'jwe', 'kid', 'jku', 'x5t#S256', 'osc'] as const;

/**
 * Returns the thumbprint of the key that a credential is bound to (`cnf.jkt`: RFC 9449, section 6.1).
 * Members of `cnf` that are not a registered method are ignored (RFC 7800, section 3.1), such as
 * Keycloak's `kc-jkt-type`.
 *
 * @throws {PatronusError} `dpop_proof_missing` if the credential did not come with the scheme `DPoP`;
 * `token_invalid` if it is bound by a method that cannot be checked here, even beside a `jkt`
 */
export function confirmedKey({ confirmation }: Identity, { via }: PresentedCredential): string {
  if (confirmation === undefined) throw proofMissing('the token is bound to no key');
  const thumbprint = thumbprintIn(confirmation);
  if (thumbprint === undefined) {
    throw new PatronusError('token_invalid', { reason: 'cnf holds what cannot be checked here' });
  }
  if (via !== 'dpop') throw proofMissing(`a bound token was sent as ${via}`);
  return thumbprint;
}

function thumbprintIn(confirmation: Claims): string | undefined {
  if (OTHER_METHODS.some((name) => Object.hasOwn(confirmation, name))) return undefined;
  const value = Object.hasOwn(confirmation, 'jkt') ? confirmation['jkt'] : undefined;
  return typeof value === 'string' && THUMBPRINT.test(value) ? value : undefined;
}
