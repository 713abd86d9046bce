import type { OnModuleInit } from '@nestjs/common';
import type { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import type { CredentialScheme } from '../identity/credential.js';
import { noteCredentialNames } from '../identity/credential-names.js';
import type { RequestMessage } from '../transport/guarded-request.js';
import { apiKeyHeader, refuseInvisible } from './api-key-header.js';
import {
  type Authorization,
  authorizationToken,
  readAuthorization,
  refuseOtherPlaces,
} from './authorization-token.js';
import { CookieToken } from './cookie-token.js';
import { checkCredentialOptions, type CredentialOptions } from './credential.options.js';
import { namedCredential } from './named-header.js';
import { OriginPolicy } from './origin-policy.js';
import type { PresentedCredential } from './presented-credential.js';
import { checkQueryTokenRoutes, queryToken } from './query-token.js';

/** Reads the credential of a request, of which there must be exactly one. */
export class CredentialReader implements OnModuleInit {
  readonly #cookie: CookieToken | undefined;
  /** Name of the header in lower case. */
  readonly #header: string | undefined;
  readonly #parameter: string | undefined;
  readonly #origins: OriginPolicy;
  readonly #takesKeys: boolean;
  readonly #takesTokens: boolean;

  /** @throws {PatronusConfigurationError} if an option is wrong */
  constructor(
    options: CredentialOptions | undefined,
    schemes: readonly CredentialScheme[],
    private readonly rules?: RuleRegistry,
  ) {
    checkCredentialOptions(options);
    this.#takesKeys = schemes.includes('api-key');
    this.#takesTokens = schemes.includes('bearer');
    this.#header = options?.header?.toLowerCase();
    this.#parameter = options?.query;
    noteCredentialNames({ header: this.#header, parameter: this.#parameter });
    this.#origins = new OriginPolicy(options?.cookie?.trustedOrigins);
    if (options?.cookie === undefined) return;
    this.#cookie = new CookieToken(options.cookie.name);
    if (this.#takesTokens) return;
    throw new PatronusConfigurationError(
      'credentials.cookie',
      'holds a bearer token, but no identity provider accepts one.',
      'Leave it out, or add a provider that does.',
    );
  }

  /** @throws {PatronusConfigurationError} if a route cannot take its token from the query */
  onModuleInit(): void {
    if (this.rules !== undefined) checkQueryTokenRoutes(this.rules, this.#parameter);
  }

  /**
   * @param allowsQuery - true if the route takes its token from the query
   * @throws {PatronusError} `token_missing` if there is none, `invalid_request` if there is more
   * than one credential, `token_malformed` if it is longer than 16 KiB, `csrf_rejected` if it came
   * in a cookie and the request comes from a page that is not trusted
   */
  read(message: RequestMessage, body: unknown, allowsQuery = false): PresentedCredential {
    const { headers } = message;
    const key = this.#takesKeys ? headers['x-api-key'] : undefined;
    const cookie = this.#cookie?.in(headers.cookie);
    const named = this.#header === undefined ? undefined : headers[this.#header];
    const query = allowsQuery ? this.#inQuery(message) : undefined;
    if (key === undefined && cookie === undefined && named === undefined && query === undefined) {
      return this.#fromHeader(message, body, readAuthorization(message));
    }
    refuseOtherPlaces(message, body, query === undefined ? undefined : this.#parameter);
    const others = [key, cookie, named, query].filter((one) => one !== undefined);
    if (headers.authorization !== undefined || others.length > 1) {
      throw new PatronusError('invalid_request', { reason: 'two credentials' });
    }
    if (query !== undefined) return this.#fromQuery(query);
    if (named !== undefined) {
      const raw = this.#takesTokens ? 'bearer' : 'apikey';
      return this.#fromHeader(message, body, namedCredential(named, raw), this.#header);
    }
    if (cookie === undefined) {
      return { scheme: 'api-key', via: 'api-key', token: apiKeyHeader(message) };
    }
    this.#origins.refuseForgery(message);
    return { scheme: 'bearer', via: 'cookie', token: cookie };
  }

  /** Returns true if the query holds the parameter of a token, valid or not. */
  hasQueryToken({ url = '' }: RequestMessage): boolean {
    if (this.#parameter === undefined || !url.includes('?')) return false;
    return new URLSearchParams(url.slice(url.indexOf('?'))).has(this.#parameter);
  }

  #inQuery(message: RequestMessage): string | undefined {
    return this.#parameter === undefined ? undefined : queryToken(message, this.#parameter);
  }

  #fromQuery(token: string): PresentedCredential {
    if (this.#takesTokens) return { scheme: 'bearer', via: 'query', token };
    refuseInvisible(token);
    return { scheme: 'api-key', via: 'query', token };
  }

  #fromHeader(
    message: RequestMessage,
    body: unknown,
    authorization: Authorization | undefined,
    name?: string,
  ): PresentedCredential {
    if (!this.#takesTokens || (this.#takesKeys && authorization?.scheme === 'apikey')) {
      const token = authorizationToken(message, body, 'apikey', authorization, name);
      refuseInvisible(token);
      return { scheme: 'api-key', via: 'api-key', token };
    }
    const via = authorization?.scheme === 'dpop' ? 'dpop' : 'bearer';
    const token = authorizationToken(message, body, via, authorization, name);
    return { scheme: 'bearer', via, token };
  }
}
