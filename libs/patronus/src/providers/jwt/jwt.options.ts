import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { Claims } from '../../identity/identity.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** A JWK Set (RFC 7517, section 5). */
export interface JwkSet {
  readonly keys: readonly object[];
}

/** The options that every JWT provider has. */
export interface JwtOptions extends NetworkOptions {
  /** Where the JWK Set is, if not where the vendor or its discovery document says. */
  readonly jwksUri?: string;
  /**
   * The JWK Set itself, for an application that is its own issuer: nothing is fetched. Either this or
   * `jwksUri`. It is asked for when a fetch would be (every four minutes of use, and for an unknown
   * `kid`, twice in ten seconds at most), may take five seconds, and its keys pass the same checks:
   * private ones are not believed.
   *
   * @example
   * jwks: () => keySet.publicJwks()
   */
  readonly jwks?: (() => JwkSet | Promise<JwkSet>) | undefined;
  /** The algorithms that a token may be signed with. Never symmetric ones, never `none`. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** How far the clocks may differ, in seconds: 0 to 300. Default: 5. */
  readonly clockTolerance?: number;
  /**
   * The `typ` that a token's header must have: `at+jwt` where the issuer follows RFC 9068. Compared
   * in any case, with or without `application/`. With `at+jwt`, the claims `client_id`, `jti` and
   * `iat` must have their types if they are present.
   */
  readonly requireTyp?: string;
  /**
   * Requires tokens that are complete after RFC 9068, section 2.2: of the type `at+jwt`, with `sub`,
   * `client_id`, `jti` and `iat`. Stands in the place of `requireTyp`. Default: `false`.
   *
   * @example
   * oidc({ issuer: 'https://id.example.com', audience: 'https://api.example.com', strict: true })
   */
  readonly strict?: boolean;
  /**
   * Fields to set beyond the vendor's own mapping. The subject, the issuer, the provider, the expiry
   * and the claims stay what the token says.
   *
   * @example
   * mapClaims: (claims) => ({ tenantId: String(claims['empresa_id']) })
   */
  readonly mapClaims?: (claims: Claims) => MappedFields;
}
