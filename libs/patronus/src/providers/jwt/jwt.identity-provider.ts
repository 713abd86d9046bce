import { compactVerify } from 'jose';
import type { Credential } from '../../identity/credential.js';
import { IdentityProvider } from '../../identity/identity-provider.js';
import type { Identity } from '../../identity/identity.js';
import { tellKeyFetch } from '../../observability/key-fetches.js';
import { PatronusError } from '../../errors/patronus.error.js';
import { checkHeader } from './check-header.js';
import { identityOfClaims } from './identity-of-claims.js';
import type { KnownKeys } from '../../identity/known-keys.js';
import { type JsonObject, member } from '../../identity/json-object.js';
import { mismatch } from '../../identity/mismatch.js';
import type { JwtProfile } from './jwt.profile.js';
import { KeyClient } from './key-client.js';
import { KeyLocation } from './key-location.js';
import { GivenKeys } from './key-source.js';
import { parseToken } from '../../identity/parse-token.js';
import { SigningKeys } from './signing-keys.js';
import { invalid } from './token-error.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Accepts the signed tokens of one issuer. Created by `oidc()`, `gcip()`, `auth0()`, `keycloak()`.
 */
export class JwtIdentityProvider extends IdentityProvider {
  readonly name: string;
  override readonly issuers: readonly string[];
  private readonly keys: SigningKeys;
  private readonly verifier: TokenVerifier;

  constructor(private readonly profile: JwtProfile) {
    super();
    this.name = profile.name;
    this.issuers = [profile.issuer];
    const source =
      profile.jwks === undefined
        ? new KeyLocation({ issuer: profile.issuer, ...profile.network }, profile.jwksUri)
        : new GivenKeys(profile.jwks);
    const told = { provider: profile.name, issuer: profile.issuer };
    this.keys = new SigningKeys(new KeyClient(source, profile.algorithms), {
      fetched: (error) => tellKeyFetch({ provider: profile.name, error }),
      unavailable: (reason) => this.report({ ...told, type: 'provider_unavailable', reason }),
      recovered: () => this.report({ ...told, type: 'provider_recovered' }),
      rotated: (added, removed) => this.report({ ...told, type: 'keys_rotated', added, removed }),
    });
    this.verifier = new TokenVerifier(profile);
  }

  /**
   * Verifies a JWT (RFC 8725): format, header, issuer, then the signature, then every claim.
   *
   * @throws {PatronusError} `token_malformed`, `token_invalid`, `token_expired`, `issuer_unknown`,
   * or `provider_unavailable` if the issuer's keys are not cached and cannot be fetched
   */
  async authenticate({ token }: Credential): Promise<Identity> {
    const { profile } = this;
    const { header, payload } = parseToken(token);
    const { algorithm, kid } = checkHeader(header, profile);
    if (member(payload, 'iss') !== profile.issuer) throw await this.#foreign(token, payload);
    const found = this.keys.find(kid);
    const { key, algorithms } = found instanceof Promise ? await found : found;
    if (!algorithms.includes(algorithm)) throw invalid('not the algorithm of the key');
    const claims = await this.verifier.verify({ token, key, algorithm });
    return identityOfClaims(claims, profile);
  }

  override async hasSigned({ token }: Credential): Promise<boolean> {
    try {
      const { algorithm, kid } = checkHeader(parseToken(token).header, this.profile);
      const found = this.keys.atHand(kid);
      if (found?.algorithms.includes(algorithm) !== true) return false;
      await compactVerify(token, found.key, { algorithms: [algorithm] });
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Returns the refusal of a token of another issuer. It repeats claims only if the signature is
   * valid.
   */
  async #foreign(token: string, payload: JsonObject): Promise<PatronusError> {
    const { issuer } = this.profile;
    const told = mismatch(payload, ['iss'], [issuer]);
    const isTold =
      member(payload, 'iss') === undefined || (await this.hasSigned({ scheme: 'bearer', token }));
    const reason = `iss is another issuer; expected ${JSON.stringify(issuer)}`;
    return new PatronusError('issuer_unknown', isTold ? told : { reason });
  }

  override knownKeys(): readonly KnownKeys[] {
    const { name: provider, issuer } = this.profile;
    return [{ provider, issuer, ...this.keys.known }];
  }

  /** Fetches the discovery document and the keys. @throws {PatronusError} `provider_unavailable` */
  override warmUp(): Promise<void> {
    return this.keys.warmUp();
  }
}
