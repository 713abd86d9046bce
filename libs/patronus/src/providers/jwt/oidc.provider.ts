import type { Claims } from '../../identity/identity.js';
import { type AudienceClaim, checkAudience, requireAudienceClaim } from './audience-claim.js';
import { refuseIdTokens } from './check-claims.js';
import { standardFields } from '../../identity/claim-mapping.js';
import { JwtIdentityProvider } from './jwt.identity-provider.js';
import type { JwtOptions } from './jwt.options.js';
import { requireIssuer } from '../../remote/issuer-metadata.js';
import { readNetwork } from '../../remote/network.options.js';
import { completeProfile } from './complete-profile.js';
import { checkJwtOptions, requireAudience } from './option-checks.js';
import { DEFAULT_ALGORITHMS } from './signature-algorithm.js';

/** Options of {@link oidc}. */
export interface OidcOptions extends JwtOptions {
  /** Issuer, exactly as in `iss`: `https://id.example.com`. It has no query. */
  readonly issuer: string;
  /** Audience of this API, as in `aud`, or several. */
  readonly audience: string | readonly string[];
  /**
   * Claim that holds the audience, if the issuer's access tokens have no `aud`: `client_id`
   * (Cognito) or `azp` (Clerk). It must be present, and hold one of `audience`. Default: `aud`.
   */
  readonly audienceClaim?: AudienceClaim;
}

/**
 * Verifies the access tokens of any OpenID Connect or OAuth 2.0 issuer. Keys come from its
 * metadata, which must name the same issuer: OpenID Connect Discovery 1.0 (section 4), or RFC 8414
 * if the issuer has no such document.
 *
 * Roles and permissions come from the claims `roles` and `permissions`, scopes from `scope` or
 * `scp`.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * oidc({ issuer: 'https://id.example.com', audience: 'https://api.example.com' })
 */
export function oidc(options: OidcOptions): JwtIdentityProvider {
  checkJwtOptions('oidc', options, ['issuer', 'audience', 'audienceClaim']);
  const audience = requireAudience('oidc.audience', options.audience);
  const claim = requireAudienceClaim('oidc.audienceClaim', options.audienceClaim ?? 'aud');
  const vendor = {
    name: 'oidc',
    issuer: requireIssuer('oidc.issuer', options.issuer, readNetwork('oidc', options)),
    audience: claim === 'aud' ? audience : undefined,
    algorithms: DEFAULT_ALGORITHMS,
    check: (claims: Claims) => {
      refuseIdTokens(claims);
      if (claim !== 'aud') checkAudience(claims, claim, audience);
    },
    map: standardFields,
  };
  return new JwtIdentityProvider(completeProfile(vendor, options));
}
