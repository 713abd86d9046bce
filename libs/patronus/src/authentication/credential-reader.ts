import type { IncomingMessage } from 'node:http';
import type { CredentialScheme } from '../identity/credential.js';
import { bearerToken } from './bearer-token.js';
import type { CredentialOptions } from './credential.options.js';
import type { PresentedCredential } from './presented-credential.js';

/** Reads the one credential of a request. */
export class CredentialReader {
  constructor(_options: CredentialOptions | undefined, _schemes: readonly CredentialScheme[]) {}

  /**
   * @throws {PatronusError} `token_missing` where there is none, `invalid_request` where there are
   * two of anything, `token_malformed` where it is longer than 16 KiB, `csrf_rejected` where it came
   * in a cookie and the request from a page that is not trusted.
   */
  read(message: IncomingMessage, body: unknown): PresentedCredential {
    return { scheme: 'bearer', via: 'bearer', token: bearerToken(message, body) };
  }
}
