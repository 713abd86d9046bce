import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Claims } from '../../identity/identity.js';
import { wrongAudience } from './audience-claim.js';
import { refuseIdTokens } from './check-claims.js';
import { namesOf, standardFields, textOf, textsOf } from '../../identity/claim-mapping.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import { JwtIdentityProvider } from './jwt.identity-provider.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { JwtOptions } from './jwt.options.js';
import { requireIssuer } from '../../remote/issuer-metadata.js';
import { readNetwork } from '../../remote/network.options.js';
import { completeProfile } from './complete-profile.js';
import { remedyFor } from '../../errors/check-option.js';
import { requireText } from '../../errors/require-option.js';
import { checkJwtOptions, requireAudience } from './option-checks.js';
import { DEFAULT_ALGORITHMS } from './signature-algorithm.js';
import { invalid } from './token-error.js';

/** Options of {@link keycloak}, except the audience of its tokens. */
interface KeycloakRealmOptions extends JwtOptions {
  /** URL of Keycloak: `https://sso.example.com`. It has no query. */
  readonly url: string;
  /** Name of the realm, as in its URL: `novah`. */
  readonly realm: string;
}

interface KeycloakAudienceOptions extends KeycloakRealmOptions {
  /** Value that must be in `aud`, or several of which one must. */
  readonly audience: string | readonly string[];
  /** Client whose own roles (`resource_access.<clientId>.roles`) count. */
  readonly clientId?: string;
}

interface KeycloakClientOptions extends KeycloakRealmOptions {
  readonly audience?: never;
  /** Client that tokens must be meant for (`aud`) or issued to (`azp`), and whose roles count. */
  readonly clientId: string;
}

/** Options of {@link keycloak}, with at least one of `audience` and `clientId`. */
export type KeycloakOptions = KeycloakAudienceOptions | KeycloakClientOptions;

/**
 * Refuses tokens other than access tokens. Keycloak writes the kind of a token into its payload:
 * `Bearer`, or `DPoP` if it is bound to a key; `ID`, `Refresh`, `Offline`, `Logout`.
 */
function refuseOtherTypes(claims: Claims): void {
  const typ = member(claims, 'typ');
  if (typ === undefined || typ === 'Bearer') return;
  if (typ !== 'DPoP') throw invalid('not an access token');
  // RFC 9449, section 6.1. The guard requires the proof, and needs the key to check it.
  const confirmation = member(claims, 'cnf');
  const key = isJsonObject(confirmation) ? textOf(member(confirmation, 'jkt')) : undefined;
  if (key === undefined) throw invalid('of the type DPoP, but not bound to a key');
}

function requireClient(claims: Claims, clientId: string): void {
  const isForClient = textsOf(member(claims, 'aud')).includes(clientId);
  if (isForClient || member(claims, 'azp') === clientId) return;
  throw wrongAudience(claims, ['aud', 'azp'], [clientId]);
}

function rolesOf(access: unknown, claims: Claims): readonly string[] {
  return isJsonObject(access) ? namesOf(access, 'roles', claims) : [];
}

/**
 * Returns the only organization. `organization` is a list of names, a single name, or an object
 * with a member for each.
 */
function organizationOf(organization: unknown): string | undefined {
  const names = isJsonObject(organization) ? Object.keys(organization) : textsOf(organization);
  return names.length === 1 ? names[0] : undefined;
}

function keycloakFields(claims: Claims, clientId: string | undefined): MappedFields {
  const clients = member(claims, 'resource_access');
  const ofClient =
    clientId !== undefined && isJsonObject(clients)
      ? rolesOf(member(clients, clientId), claims)
      : [];
  return {
    ...standardFields(claims),
    roles: [...new Set([...rolesOf(member(claims, 'realm_access'), claims), ...ofClient])],
    tenantId: organizationOf(member(claims, 'organization')),
  };
}

function issuerOf(options: KeycloakOptions): string {
  const network = readNetwork('keycloak', options);
  const url = requireIssuer('keycloak.url', options.url, network).replace(/\/+$/, '');
  const realm = requireText('keycloak.realm', options.realm, 'Give the name of the realm.');
  return `${url}/realms/${encodeURIComponent(realm)}`;
}

function requireOneOf(options: KeycloakOptions): void {
  if (options.audience !== undefined || options.clientId !== undefined) return;
  throw new PatronusConfigurationError(
    'keycloak.audience',
    'is missing, and so is clientId.',
    remedyFor(
      undefined,
      'Give the audience of your API, or the client that its tokens are issued to.',
    ),
  );
}

/**
 * Verifies the access tokens of a Keycloak realm. Realm roles and the client's roles become
 * `roles`. `organization` becomes `tenantId` if it names exactly one.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * keycloak({ url: 'https://sso.example.com', realm: 'novah', audience: 'patients-api' })
 */
export function keycloak(options: KeycloakOptions): JwtIdentityProvider {
  checkJwtOptions('keycloak', options, ['url', 'realm', 'audience', 'clientId']);
  requireOneOf(options);
  const { audience } = options;
  const clientId =
    options.clientId === undefined
      ? undefined
      : requireText('keycloak.clientId', options.clientId, 'Give the id of the client.');
  const vendor = {
    name: 'keycloak',
    issuer: issuerOf(options),
    audience: audience === undefined ? undefined : requireAudience('keycloak.audience', audience),
    algorithms: DEFAULT_ALGORITHMS,
    check: (claims: Claims) => {
      refuseIdTokens(claims);
      refuseOtherTypes(claims);
      if (audience === undefined && clientId !== undefined) requireClient(claims, clientId);
    },
    map: (claims: Claims) => keycloakFields(claims, clientId),
  };
  return new JwtIdentityProvider(completeProfile(vendor, options));
}
