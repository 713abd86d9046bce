import type { MappedFields } from '../../identity/mapped-fields.js';
import type { Claims } from '../../identity/identity.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** What every JWT provider can be told. */
export interface JwtOptions {
  /** Where the JWK Set is, if not where the vendor or its discovery document says. */
  readonly jwksUri?: string;
  /** The algorithms that a token may be signed with. Never symmetric ones, never `none`. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** How far the clocks may differ, in seconds: 0 to 300. Default: 5. */
  readonly clockTolerance?: number;
  /**
   * The `typ` that a token's header must have: `at+jwt` where the issuer follows RFC 9068. Compared
   * in any case, with or without `application/`.
   */
  readonly requireTyp?: string;
  /**
   * Fields to set beyond the vendor's own mapping. The subject, the issuer, the provider, the expiry
   * and the claims stay what the token says.
   *
   * @example
   * mapClaims: (claims) => ({ tenantId: String(claims['empresa_id']) })
   */
  readonly mapClaims?: (claims: Claims) => MappedFields;
}
