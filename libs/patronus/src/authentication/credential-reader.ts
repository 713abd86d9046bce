import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { CredentialScheme } from '../identity/credential.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { apiKeyHeader, refuseInvisible } from './api-key-header.js';
import { authorizationToken, readAuthorization, refuseOtherPlaces } from './authorization-token.js';
import { CookieToken } from './cookie-token.js';
import { checkCredentialOptions, type CredentialOptions } from './credential.options.js';
import { OriginPolicy } from './origin-policy.js';
import type { PresentedCredential } from './presented-credential.js';

/** Reads the one credential of a request. */
export class CredentialReader {
  readonly #cookie: CookieToken | undefined;
  readonly #origins: OriginPolicy;
  readonly #takesKeys: boolean;
  readonly #takesTokens: boolean;

  /** @throws {PatronusConfigurationError} where an option is wrong */
  constructor(options: CredentialOptions | undefined, schemes: readonly CredentialScheme[]) {
    checkCredentialOptions(options);
    this.#takesKeys = schemes.includes('api-key');
    this.#takesTokens = schemes.includes('bearer');
    this.#origins = new OriginPolicy(options?.cookie?.trustedOrigins);
    if (options?.cookie === undefined) return;
    this.#cookie = new CookieToken(options.cookie.name);
    if (this.#takesTokens) return;
    throw new PatronusConfigurationError(
      'credentials.cookie',
      'holds a bearer token, and no identity provider takes any.',
      'Leave it out, or add a provider that does.',
    );
  }

  /**
   * @throws {PatronusError} `token_missing` where there is none, `invalid_request` where there are
   * two of anything, `token_malformed` where it is longer than 16 KiB, `csrf_rejected` where it came
   * in a cookie and the request from a page that is not trusted.
   */
  read(message: RequestMessage, body: unknown): PresentedCredential {
    const { headers } = message;
    const key = this.#takesKeys ? headers['x-api-key'] : undefined;
    const cookie = this.#cookie?.in(headers.cookie);
    if (key === undefined && cookie === undefined) return this.#fromAuthorization(message, body);
    refuseOtherPlaces(message, body);
    if (headers.authorization !== undefined || (key !== undefined && cookie !== undefined)) {
      throw new PatronusError('invalid_request', { reason: 'two credentials' });
    }
    if (cookie === undefined) {
      return { scheme: 'api-key', via: 'api-key', token: apiKeyHeader(message) };
    }
    this.#origins.refuseForgery(message);
    return { scheme: 'bearer', via: 'cookie', token: cookie };
  }

  #fromAuthorization(message: RequestMessage, body: unknown): PresentedCredential {
    const authorization = readAuthorization(message);
    if (!this.#takesTokens || (this.#takesKeys && authorization?.scheme === 'apikey')) {
      const token = authorizationToken(message, body, 'apikey', authorization);
      refuseInvisible(token);
      return { scheme: 'api-key', via: 'api-key', token };
    }
    const via = authorization?.scheme === 'dpop' ? 'dpop' : 'bearer';
    return { scheme: 'bearer', via, token: authorizationToken(message, body, via, authorization) };
  }
}
