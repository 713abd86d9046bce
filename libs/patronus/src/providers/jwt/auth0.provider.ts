import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Claims } from '../../identity/identity.js';
import { refuseIdTokens } from './check-claims.js';
import { namesOf, standardFields, textOf } from '../../identity/claim-mapping.js';
import { member } from '../../identity/json-object.js';
import { JwtIdentityProvider } from './jwt.identity-provider.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { JwtOptions } from './jwt.options.js';
import { completeProfile } from './complete-profile.js';
import { requireText } from '../../errors/require-option.js';
import { checkJwtOptions, requireAudience } from './option-checks.js';

/** Options of {@link auth0}. */
export interface Auth0Options extends JwtOptions {
  /** Domain of the tenant, or its custom domain: `novah.eu.auth0.com`. */
  readonly domain: string;
  /** Identifier of the API, or several, as in `aud`. */
  readonly audience: string | readonly string[];
  /**
   * Prefix of the names of custom claims. With `https://novah.example/`, roles come from
   * `https://novah.example/roles`, and `email`, `email_verified` and `name` likewise. The last
   * slash may be left out.
   */
  readonly namespace?: string;
}

function namespacedFields(claims: Claims, namespace: string): MappedFields {
  const nameOf = (name: string): string => {
    if (namespace === '') return name;
    const names = [`${namespace}${name}`, `${namespace}/${name}`];
    return names.find((one) => (member(claims, one) ?? null) !== null) ?? name;
  };
  const read = (name: string): unknown => member(claims, nameOf(name));
  const emailVerified = read('email_verified');
  return {
    email: textOf(read('email')),
    emailVerified: typeof emailVerified === 'boolean' ? emailVerified : undefined,
    name: textOf(read('name')),
    roles: namesOf(claims, nameOf('roles')),
  };
}

function requireDomain(value: unknown): string {
  const domain = requireText('auth0.domain', value, 'Give the domain, such as novah.eu.auth0.com.');
  if (/^[a-z0-9.-]+$/i.test(domain)) return domain;
  throw new PatronusConfigurationError(
    'auth0.domain',
    'is not a domain.',
    'Give the host name only, without https:// and without a path.',
  );
}

/**
 * Verifies the access tokens of Auth0. `permissions` and `scope` come from the token (with "Add
 * permissions in the access token" switched on for the API), `org_id` becomes `tenantId`.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * auth0({ domain: 'novah.eu.auth0.com', audience: 'https://api.novah.example' })
 */
export function auth0(options: Auth0Options): JwtIdentityProvider {
  checkJwtOptions('auth0', options, ['domain', 'audience', 'namespace']);
  const issuer = `https://${requireDomain(options.domain)}/`;
  const namespace =
    options.namespace === undefined
      ? ''
      : requireText(
          'auth0.namespace',
          options.namespace,
          'Give the prefix exactly as in the names of the claims.',
        );
  const vendor = {
    name: 'auth0',
    issuer,
    audience: requireAudience('auth0.audience', options.audience),
    algorithms: ['RS256', 'PS256'] as const,
    check: refuseIdTokens,
    map: (claims: Claims) => ({
      ...standardFields(claims),
      ...namespacedFields(claims, namespace),
      tenantId: textOf(member(claims, 'org_id')),
    }),
  };
  return new JwtIdentityProvider(completeProfile(vendor, options));
}
