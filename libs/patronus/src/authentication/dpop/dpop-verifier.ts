import type { IncomingMessage } from 'node:http';
import { PatronusError } from '../../errors/patronus.error.js';
import type { Identity } from '../../identity/identity.js';
import type { PresentedCredential } from '../presented-credential.js';
import type { DPoPOptions } from './dpop.options.js';

/** Checks that a caller holds the key that its token is bound to (RFC 9449). */
export class DPoPVerifier {
  constructor(_options: DPoPOptions | undefined) {}

  /** Whether a proof must be looked at: asked for every request, and cheap. */
  concerns(identity: Identity, credential: PresentedCredential): boolean {
    return identity.confirmation !== undefined || credential.via === 'dpop';
  }

  /** @throws {PatronusError} `dpop_proof_missing`, `dpop_proof_invalid`, `dpop_nonce_required` */
  verify(
    _identity: Identity,
    _credential: PresentedCredential,
    _message: IncomingMessage,
  ): Promise<void> {
    return Promise.reject(new PatronusError('dpop_proof_invalid', { reason: 'not yet' }));
  }
}
