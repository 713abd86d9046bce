import { PatronusError } from '../errors/patronus.error.js';
import { Identity } from '../identity/identity.js';
import type { IdentityCache } from '../identity/identity-cache.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import { currentScope, type RequestScope } from '../identity/request-scope.js';
import type { TenantPolicy } from '../tenancy/tenant-policy.js';
import { bearerToken, isB64Token } from './bearer-token.js';
import { type HttpRequest, messageOf } from './http-request.js';

/** Finds out who sends a request: from the cache, or through the identity provider. */
export class Authenticator {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly cache: IdentityCache,
    private readonly tenants: TenantPolicy,
  ) {}

  /** The identity behind a token that was seen before, or undefined: no network, no cryptography. */
  recall(request: HttpRequest): Identity | undefined {
    return this.cache.recall(bearerToken(messageOf(request), request.body));
  }

  /** Verifies the request's token where it is not known, and admits the identity behind it. */
  async authenticate(request: HttpRequest): Promise<Identity> {
    const token = bearerToken(messageOf(request), request.body);
    if (!isB64Token(token)) {
      throw new PatronusError('token_malformed', { reason: 'not in the alphabet of RFC 6750' });
    }
    const identity = await this.cache.resolve(token, () => this.#verify(token));
    const scope = currentScope();
    if (scope !== undefined) this.admit(identity, scope, request);
    return identity;
  }

  /** Makes `identity` the caller of the request, in the tenant that it belongs to. */
  admit(identity: Identity, scope: RequestScope, request: HttpRequest): void {
    const tenantId = this.tenants.resolve(identity, messageOf(request).headers);
    scope.identity = identity;
    scope.tenantId = tenantId;
  }

  async #verify(token: string): Promise<Identity> {
    let identity: unknown;
    try {
      identity = await this.provider.authenticate({ scheme: 'bearer', token });
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      throw this.#unavailable('the identity provider failed', error);
    }
    if (identity instanceof Identity) return identity;
    throw this.#unavailable('the identity provider gave something that is not an Identity');
  }

  #unavailable(reason: string, cause?: unknown): PatronusError {
    return new PatronusError('provider_unavailable', {
      reason: `${this.provider.name}: ${reason}`,
      cause,
      retryAfter: 5,
    });
  }
}
