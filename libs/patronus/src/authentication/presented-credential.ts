import type { Credential } from '../identity/credential.js';

/** Credential with the way in which it was sent. */
export interface PresentedCredential extends Credential {
  /** `dpop` is a bearer token of the scheme `DPoP` (RFC 9449, section 7.1). */
  readonly via: 'bearer' | 'dpop' | 'api-key' | 'cookie' | 'query';
}
