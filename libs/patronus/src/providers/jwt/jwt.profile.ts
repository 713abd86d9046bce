import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { Network } from '../../remote/network.options.js';
import type { JwtOptions } from './jwt.options.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

/** How one vendor's tokens differ from another's. All that a {@link JwtIdentityProvider} needs. */
export interface JwtProfile {
  readonly name: string;
  /** The exact `iss`. */
  readonly issuer: string;
  /** One of these must stand in `aud`. Undefined only where `check` decides on the audience. */
  readonly audience: readonly string[] | undefined;
  /** Undefined: by discovery. */
  readonly jwksUri: string | undefined;
  /** In the place of any address. */
  readonly jwks: JwtOptions['jwks'];
  readonly network: Network;
  readonly algorithms: readonly SignatureAlgorithm[];
  /** In seconds. */
  readonly clockTolerance: number;
  /** Normalized: lower case, without `application/`. */
  readonly requireTyp: string | undefined;
  /** Whether a token must have all claims of RFC 9068, section 2.2. */
  readonly isStrict: boolean;
  /**
   * The vendor's own checks, after the signature and the registered claims.
   *
   * @throws {PatronusError} `token_invalid`
   */
  check(claims: Claims): void;
  map(claims: Claims): MappedFields;
}
