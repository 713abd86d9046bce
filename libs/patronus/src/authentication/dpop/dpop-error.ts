import { PatronusError } from '../../errors/patronus.error.js';

/**
 * Returns the error for a token that is not bound, or that came without its proof (RFC 9449,
 * section 7.1).
 */
export function proofMissing(reason: string): PatronusError {
  return new PatronusError('dpop_proof_missing', { reason });
}

export function proofInvalid(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('dpop_proof_invalid', { reason, cause });
}

/**
 * Returns the headers that issue a nonce. Caches must not store the response (RFC 9449, section
 * 8.2).
 */
export function nonceHeaders(nonce: string): Readonly<Record<string, string>> {
  return { 'DPoP-Nonce': nonce, 'Cache-Control': 'no-store' };
}

/**
 * Returns the error that asks for a proof with a nonce.
 *
 * @param nonce - the nonce for the next proof (RFC 9449, section 9)
 */
export function nonceRequired(nonce: string, reason: string): PatronusError {
  return new PatronusError('dpop_nonce_required', {
    reason,
    headers: nonceHeaders(nonce),
  });
}
