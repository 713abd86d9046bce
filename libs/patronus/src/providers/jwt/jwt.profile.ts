import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { Network } from '../../remote/network.options.js';
import type { JwtOptions } from './jwt.options.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** Settings of one vendor for a {@link JwtIdentityProvider}. */
export interface JwtProfile {
  readonly name: string;
  /** Exact `iss`. */
  readonly issuer: string;
  /** Audiences of which one must be in `aud`. Undefined only if `check` decides on the audience. */
  readonly audience: readonly string[] | undefined;
  /** URL of the JWK Set. Undefined for discovery. */
  readonly jwksUri: string | undefined;
  /** Function that replaces any URL. */
  readonly jwks: JwtOptions['jwks'];
  readonly network: Network;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** Seconds. */
  readonly clockTolerance: number;
  /** Normalized: lower case, without `application/`. */
  readonly requireTyp: string | undefined;
  /** True if a token must have all claims of RFC 9068, section 2.2. */
  readonly isStrict: boolean;
  /**
   * Checks the vendor's own rules, after the signature and the registered claims.
   *
   * @throws {PatronusError} `token_invalid`
   */
  check(claims: Claims): void;
  map(claims: Claims): MappedFields;
}
