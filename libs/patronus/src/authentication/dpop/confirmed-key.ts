import { PatronusError } from '../../errors/patronus.error.js';
import type { Claims, Identity } from '../../identity/identity.js';
import type { PresentedCredential } from '../presented-credential.js';
import { proofMissing } from './dpop-error.js';

const THUMBPRINT = /^[\w-]{43}$/;

/**
 * The thumbprint of the key that a credential is bound to (`cnf.jkt`: RFC 9449, section 6.1), where
 * it came the way that bound tokens come.
 *
 * @throws {PatronusError} `dpop_proof_missing`, or `token_invalid` where it is bound to something
 * that cannot be checked here, be it beside a `jkt`
 */
export function confirmedKey({ confirmation }: Identity, { via }: PresentedCredential): string {
  if (confirmation === undefined) throw proofMissing('the token is bound to no key');
  const thumbprint = onlyThumbprint(confirmation);
  if (thumbprint === undefined) {
    throw new PatronusError('token_invalid', { reason: 'cnf holds what cannot be checked here' });
  }
  if (via !== 'dpop') throw proofMissing(`a bound token that came as ${via}`);
  return thumbprint;
}

function onlyThumbprint(confirmation: Claims): string | undefined {
  const [[name, value] = [], ...others] = Object.entries(confirmation);
  const isThumbprint = name === 'jkt' && typeof value === 'string' && THUMBPRINT.test(value);
  return isThumbprint && others.length === 0 ? value : undefined;
}
