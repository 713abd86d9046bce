import { PatronusError } from '../errors/patronus.error.js';
import { credentialFields } from '../identity/claim-mapping.js';
import { type Credential, isB64Token } from '../identity/credential.js';
import { IdentityProvider } from '../identity/identity-provider.js';
import { Identity, type IdentityFields } from '../identity/identity.js';
import type { JsonObject } from '../identity/json-object.js';
import { RemoteAnswers } from './remote-answers.js';
import type { RemoteProfile } from './remote-profile.js';
import { type OutageListener, RemoteServer } from './remote-server.js';
import { expiryOf, unverifiedClaims } from './unverified-claims.js';

const MAX_TOKEN = 16 * 1024;

/**
 * Accepts the tokens that a server accepts. Created by `authApi()` and `introspection()`.
 *
 * An outage is reported after three failures in a row. From then on callers get 503 at once, until
 * a single call has succeeded.
 */
export class RemoteIdentityProvider extends IdentityProvider {
  readonly name: string;
  override readonly issuers: readonly string[];
  private readonly answers: RemoteAnswers;

  constructor(private readonly profile: RemoteProfile) {
    super();
    const { name, issuer, issuers, remedy } = profile;
    this.name = name;
    this.issuers = issuers;
    const listener: OutageListener = {
      unavailable: (reason) =>
        this.report({ type: 'provider_unavailable', provider: name, issuer, reason }),
      recovered: () => this.report({ type: 'provider_recovered', provider: name, issuer }),
    };
    const server = new RemoteServer({ name, remedy }, listener);
    this.answers = new RemoteAnswers(profile, server);
  }

  /**
   * Checks a token with the server.
   *
   * @throws {PatronusError} `token_malformed`, `token_expired`, `token_invalid`, `issuer_unknown`,
   * or `provider_unavailable` if the server gives no answer
   */
  async authenticate({ token }: Credential): Promise<Identity> {
    // Text that is not a token must not reach a header: it would break the request, and be repeated
    // in errors.
    if (token.length > MAX_TOKEN || !isB64Token(token)) {
      throw new PatronusError('token_malformed', { reason: 'not a bearer token of RFC 6750' });
    }
    const claims = unverifiedClaims(token);
    if ((expiryOf(claims) ?? Infinity) <= Date.now() / 1000) {
      throw new PatronusError('token_expired', { reason: 'its own exp has passed' });
    }
    const { answer, askedAt } = await this.answers.find(token);
    return new Identity({
      ...this.profile.identify(answer),
      ...statedFields(answer, claims),
      provider: this.name,
      expiresAt: this.#endOf(askedAt, expiryOf(answer), expiryOf(claims)),
      claims: answer,
    });
  }

  /** Seconds since the epoch. */
  #endOf(askedAt: number, ...ends: readonly (number | undefined)[]): number {
    const believedUntil = (askedAt + this.profile.cache.ttlMs) / 1000;
    return Math.min(believedUntil, ...ends.filter((end) => end !== undefined));
  }
}

/**
 * Reads `jti`, `iat` and `cnf`, which bind and end a token. If the answer leaves one out, the
 * token's own counts.
 */
function statedFields(answer: JsonObject, claims: JsonObject): Partial<IdentityFields> {
  const said = credentialFields(answer);
  const own = credentialFields(claims);
  return {
    tokenId: said.tokenId ?? own.tokenId,
    issuedAt: said.issuedAt ?? own.issuedAt,
    confirmation: said.confirmation ?? own.confirmation,
  };
}
