import { PatronusError } from '../../errors/patronus.error.js';

/** A token that is not bound, or that came without its proof (RFC 9449, section 7.1). */
export function proofMissing(reason: string): PatronusError {
  return new PatronusError('dpop_proof_missing', { reason });
}

export function proofInvalid(reason: string, cause?: unknown): PatronusError {
  return new PatronusError('dpop_proof_invalid', { reason, cause });
}

/** The headers that hand a nonce out. No cache may keep it (RFC 9449, section 8.2). */
export function nonceHeaders(nonce: string): Readonly<Record<string, string>> {
  return { 'DPoP-Nonce': nonce, 'Cache-Control': 'no-store' };
}

/** @param nonce - what the next proof needs (RFC 9449, section 9) */
export function nonceRequired(nonce: string, reason: string): PatronusError {
  return new PatronusError('dpop_nonce_required', {
    reason,
    headers: nonceHeaders(nonce),
  });
}
