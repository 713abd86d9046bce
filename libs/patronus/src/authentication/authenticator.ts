import type { AccountCache } from '../accounts/account-cache.js';
import type { AccountSubject } from '../accounts/account-source.js';
import { PatronusError } from '../errors/patronus.error.js';
import { isB64Token } from '../identity/credential.js';
import { withinDeadline } from '../identity/deadline.js';
import { Identity } from '../identity/identity.js';
import type { IdentityCache } from '../identity/identity-cache.js';
import type { IdentityProvider } from '../identity/identity-provider.js';
import { currentScope, RequestScope, runInScope } from '../identity/request-scope.js';
import type { Revocations } from '../revocation/revocations.js';
import type { TenantPolicy } from '../tenancy/tenant-policy.js';
import { type GuardedRequest, messageOf } from '../transport/guarded-request.js';
import type { AuthenticationObserver } from './authentication-observer.js';
import { CallerCredential } from './caller-credential.js';
import type { CredentialReader } from './credential-reader.js';
import type { DPoPVerifier } from './dpop/dpop-verifier.js';
import type { PresentedCredential } from './presented-credential.js';
import { QUERY_TOKEN_HEADERS } from './query-token.js';

/** Timeout of an identity provider, in seconds. */
const PROVIDER_TIMEOUT = 10;

/** Authenticates requests, from the cache or through the identity provider. */
export class Authenticator {
  /** Undefined unless metrics or traces are enabled. */
  observer: AuthenticationObserver | undefined = undefined;

  constructor(
    private readonly provider: IdentityProvider,
    private readonly cache: IdentityCache,
    private readonly tenants: TenantPolicy,
    private readonly credentials: CredentialReader,
    private readonly revocations: Revocations,
    private readonly proofs: DPoPVerifier,
    private readonly accounts: AccountCache,
  ) {}

  /**
   * Returns the identity of a cached credential that needs no proof, or undefined. Uses neither
   * network nor cryptography.
   */
  recall(request: GuardedRequest): Identity | undefined {
    const { observer } = this;
    if (observer === undefined) return this.#recall(request);
    return observer.recalling(() => this.#recall(request));
  }

  #recall(request: GuardedRequest): Identity | undefined {
    const credential = this.#read(request);
    const identity = this.cache.recall(credential.token, credential.scheme);
    if (identity === undefined || this.proofs.concerns(identity, credential)) return undefined;
    this.observer?.looked(true);
    const scope = currentScope();
    if (scope !== undefined) {
      scope.presented = identity;
      scope.remembered = true;
    }
    this.#refuseRevoked(identity);
    return identity;
  }

  /**
   * Verifies the request's credential if it is not cached, and admits the identity that it belongs
   * to.
   */
  async authenticate(request: GuardedRequest): Promise<Identity> {
    const { observer } = this;
    const identity = await (observer === undefined
      ? this.#authenticate(request)
      : observer.authenticating(() => this.#authenticate(request)));
    const scope = currentScope();
    if (scope === undefined) return identity;
    await this.admit(identity, scope, request);
    return scope.identity ?? identity;
  }

  async #authenticate(request: GuardedRequest): Promise<Identity> {
    const message = messageOf(request);
    const credential = this.#read(request);
    const { token, scheme } = credential;
    const known = this.cache.recall(token, scheme);
    this.observer?.looked(known !== undefined);
    const identity =
      known ?? (await this.cache.resolve(token, () => this.#verify(credential), scheme));
    const scope = currentScope();
    if (scope !== undefined) scope.presented = identity;
    this.#refuseRevoked(identity);
    if (this.proofs.concerns(identity, credential)) {
      await this.proofs.verify(identity, credential, message);
      if (scope !== undefined) scope.proven = true;
    }
    return identity;
  }

  /**
   * Lets a request bring its token in the query. The answer may not be cached, nor its URL passed
   * on.
   */
  allowQueryToken(scope: RequestScope, request: GuardedRequest): void {
    scope.allowsQueryToken = true;
    const { response } = scope;
    if (response === undefined || response.headersSent) return;
    if (!this.credentials.hasQueryToken(messageOf(request))) return;
    for (const [name, value] of Object.entries(QUERY_TOKEN_HEADERS)) {
      response.setHeader(name, value);
    }
  }

  /**
   * Returns the scope of a request that has no handler, such as the handshake of a connection. Its
   * caller and tenant are checked as on every route.
   */
  async identify(request: GuardedRequest): Promise<RequestScope> {
    const scope = new RequestScope(undefined, (other) => this.authenticate(other));
    await runInScope(scope, () => this.authenticate(request));
    return scope;
  }

  /**
   * Makes `identity`, with its account, the caller of the request in its tenant. Synchronous if
   * everything is cached.
   *
   * @throws {PatronusError} if the tenant or the application's account source refuses the caller
   */
  admit(identity: Identity, scope: RequestScope, request: GuardedRequest): void | Promise<void> {
    const { headers } = messageOf(request);
    const own = this.tenants.tenantOf(identity);
    const tenantId = this.tenants.resolve(identity, { headers, params: request.params }, own);
    return tenantId instanceof Promise
      ? tenantId.then((id) => this.#admitTo(id, own, identity, scope, request))
      : this.#admitTo(tenantId, own, identity, scope, request);
  }

  #admitTo(
    tenantId: string | undefined,
    own: string | undefined,
    identity: Identity,
    scope: RequestScope,
    request: GuardedRequest,
  ): void | Promise<void> {
    if (tenantId !== own) this.#refuseRevoked(identity, tenantId);
    if (!this.accounts.enabled) return this.#enter(identity, scope, request, tenantId);
    const subject = { identity, tenantId };
    const known = this.accounts.recall(subject);
    if (known !== undefined) return this.#enter(known, scope, request, tenantId);
    return this.#askAccount(subject, scope, request);
  }

  /** Runs the source as the caller. The request itself does so once the caller is accepted. */
  async #askAccount(
    subject: AccountSubject,
    scope: RequestScope,
    request: GuardedRequest,
  ): Promise<void> {
    const { identity, tenantId } = subject;
    const asking = scope.with({ identity, tenantId, tenantHeader: this.tenants.header });
    const complete = await runInScope(asking, () => this.accounts.load(subject));
    this.#refuseRevoked(identity, tenantId);
    this.#enter(complete, scope, request, tenantId);
  }

  #enter(
    identity: Identity,
    scope: RequestScope,
    request: GuardedRequest,
    tenantId: string | undefined,
  ): void {
    scope.identity = identity;
    scope.tenantId = tenantId;
    scope.tenantHeader = this.tenants.header;
    scope.credential = new CallerCredential(this.credentials, request, scope.allowsQueryToken);
  }

  #read(request: GuardedRequest): PresentedCredential {
    const allowsQuery = currentScope()?.allowsQueryToken;
    return this.credentials.read(messageOf(request), request.body, allowsQuery);
  }

  #refuseRevoked(identity: Identity, tenantId = this.tenants.tenantOf(identity)): void {
    if (!this.revocations.isRevoked(identity, tenantId)) return;
    throw new PatronusError('token_revoked', { reason: `${identity.provider}: revoked` });
  }

  async #verify({ scheme, token }: PresentedCredential): Promise<Identity> {
    if (scheme === 'bearer' && !isB64Token(token)) {
      throw new PatronusError('token_malformed', { reason: 'not in the alphabet of RFC 6750' });
    }
    let identity: unknown;
    try {
      const answer = this.provider.authenticate({ scheme, token });
      identity = await withinDeadline(answer, PROVIDER_TIMEOUT * 1000);
    } catch (error) {
      if (error instanceof PatronusError) throw error;
      throw this.#unavailable('the identity provider failed', error);
    }
    if (identity instanceof Identity) return identity;
    throw this.#unavailable('the identity provider returned something that is not an Identity');
  }

  #unavailable(reason: string, cause?: unknown): PatronusError {
    return new PatronusError('provider_unavailable', {
      reason: `${this.provider.name}: ${reason}`,
      cause,
      retryAfter: 5,
    });
  }
}
