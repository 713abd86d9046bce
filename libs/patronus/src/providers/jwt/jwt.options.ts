import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { Claims } from '../../identity/identity.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** JWK Set (RFC 7517, section 5). */
export interface JwkSet {
  readonly keys: readonly object[];
}

/** Options that every JWT provider has. */
export interface JwtOptions extends NetworkOptions {
  /** URL of the JWK Set, if it differs from the one of the vendor or of its discovery document. */
  readonly jwksUri?: string;
  /**
   * Returns the JWK Set itself, for an application that is its own issuer: nothing is fetched. Give
   * either this or `jwksUri`. It is called when a fetch would be made (every four minutes of use,
   * and for an unknown `kid`, at most twice in ten seconds), may take five seconds, and its keys
   * pass the same checks: private ones are refused.
   *
   * @example
   * jwks: () => keySet.publicJwks()
   */
  readonly jwks?: (() => JwkSet | Promise<JwkSet>) | undefined;
  /** Algorithms that a token may be signed with. Never symmetric ones, never `none`. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Tolerance for the difference between clocks, in seconds: 0 to 300. Default: 5. */
  readonly clockTolerance?: number;
  /**
   * Value of `typ` that a token's header must have: `at+jwt` if the issuer follows RFC 9068.
   * Compared without case, with or without `application/`. With `at+jwt`, the claims `client_id`,
   * `jti` and `iat` must have their types if they are present.
   */
  readonly requireTyp?: string;
  /**
   * Requires tokens that conform to RFC 9068, section 2.2: of the type `at+jwt`, with `sub`,
   * `client_id`, `jti` and `iat`. Replaces `requireTyp`. Default: `false`.
   *
   * @example
   * oidc({ issuer: 'https://id.example.com', audience: 'https://api.example.com', strict: true })
   */
  readonly strict?: boolean;
  /**
   * Maps further fields beyond the vendor's own mapping. It cannot change the subject, the issuer,
   * the provider, the expiry and the claims.
   *
   * @example
   * mapClaims: (claims) => ({ tenantId: String(claims['empresa_id']) })
   */
  readonly mapClaims?: (claims: Claims) => MappedFields;
}
