import type { Claims } from '../../identity/identity.js';
import { mappedBy } from '../../identity/mapped-fields.js';
import type { JwtOptions } from './jwt.options.js';
import type { JwtProfile } from './jwt.profile.js';
import { requireMapping } from '../../errors/require-option.js';
import { readNetwork } from '../../remote/network.options.js';
import { requireSecureUrl } from '../../identity/secure-url.js';
import {
  requireAlgorithms,
  requireClockTolerance,
  requireKeysAtHand,
  requireType,
} from './option-checks.js';
import type { SignatureAlgorithm } from './signature-algorithm.js';

const DEFAULT_CLOCK_TOLERANCE = 5;

/**
 * Part of a profile that a vendor's factory sets. The rest are the options that all vendors share.
 */
export interface VendorProfile extends Pick<
  JwtProfile,
  'name' | 'issuer' | 'audience' | 'check' | 'map'
> {
  readonly jwksUri?: string;
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** Completes a vendor's profile with the options that all vendors share, each checked. */
export function completeProfile(vendor: VendorProfile, options: JwtOptions): JwtProfile {
  const { name } = vendor;
  const { jwksUri, jwks, algorithms, clockTolerance, mapClaims } = options;
  requireMapping(`${name}.mapClaims`, mapClaims);
  requireKeysAtHand(`${name}.jwks`, options);
  const network = readNetwork(name, options);
  return {
    ...vendor,
    network,
    jwksUri:
      jwksUri === undefined
        ? vendor.jwksUri
        : requireSecureUrl(`${name}.jwksUri`, jwksUri, network.insecureHosts),
    jwks,
    algorithms:
      algorithms === undefined
        ? vendor.algorithms
        : requireAlgorithms(`${name}.algorithms`, algorithms),
    clockTolerance: requireClockTolerance(
      `${name}.clockTolerance`,
      clockTolerance ?? DEFAULT_CLOCK_TOLERANCE,
    ),
    requireTyp: requireType(name, options),
    isStrict: options.strict === true,
    map:
      mapClaims === undefined
        ? vendor.map
        : (claims: Claims) => ({
            ...vendor.map(claims),
            ...mappedBy(`${name}.mapClaims`, mapClaims, claims),
          }),
  };
}
