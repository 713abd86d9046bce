import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { Claims } from '../../identity/identity.js';
import { refuseIdTokens } from './check-claims.js';
import { standardFields, textsOf } from '../../identity/claim-mapping.js';
import { isJsonObject, member } from '../../identity/json-object.js';
import { JwtIdentityProvider } from './jwt.identity-provider.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { JwtOptions } from './jwt.options.js';
import { readNetwork } from '../../remote/network.options.js';
import { completeProfile } from './complete-profile.js';
import { requireText } from '../../errors/require-option.js';
import { requireAudience, requireIssuer } from './option-checks.js';
import { DEFAULT_ALGORITHMS } from './signature-algorithm.js';
import { invalid } from './token-error.js';

/** The options of {@link keycloak}, but for whom its tokens are meant. */
interface KeycloakRealmOptions extends JwtOptions {
  /** Where Keycloak answers: `https://sso.example.com`. It has no query. */
  readonly url: string;
  /** The realm's name, as it stands in its address: `novah`. */
  readonly realm: string;
}

interface KeycloakAudienceOptions extends KeycloakRealmOptions {
  /** What must stand in `aud`, or several of which one must. */
  readonly audience: string | readonly string[];
  /** The client whose own roles (`resource_access.<clientId>.roles`) count. */
  readonly clientId?: string;
}

interface KeycloakClientOptions extends KeycloakRealmOptions {
  readonly audience?: never;
  /** The client that tokens must be meant for (`aud`) or issued to (`azp`), and whose roles count. */
  readonly clientId: string;
}

/** Options of {@link keycloak}: one of `audience` and `clientId` at least. */
export type KeycloakOptions = KeycloakAudienceOptions | KeycloakClientOptions;

/** Keycloak says in the payload what a token is: `Bearer`, `ID`, `Refresh`, `Offline`, `Logout`. */
function refuseOtherTypes(claims: Claims): void {
  const typ = member(claims, 'typ');
  if (typ !== undefined && typ !== 'Bearer') throw invalid('not an access token');
}

function requireClient(claims: Claims, clientId: string): void {
  const audience = member(claims, 'aud');
  const meant = audience === clientId || textsOf(audience).includes(clientId);
  if (!meant && member(claims, 'azp') !== clientId) throw invalid('for another client');
}

function rolesOf(access: unknown): readonly string[] {
  return isJsonObject(access) ? textsOf(member(access, 'roles')) : [];
}

/** `organization` is a list of names, or an object with a member for each. */
function organizationOf(organization: unknown): string | undefined {
  const names = isJsonObject(organization) ? Object.keys(organization) : textsOf(organization);
  return names.length === 1 ? names[0] : undefined;
}

function keycloakFields(claims: Claims, clientId: string | undefined): MappedFields {
  const clients = member(claims, 'resource_access');
  const ofClient =
    clientId !== undefined && isJsonObject(clients) ? rolesOf(member(clients, clientId)) : [];
  return {
    ...standardFields(claims),
    roles: [...new Set([...rolesOf(member(claims, 'realm_access')), ...ofClient])],
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
    'Give the audience of your API, or the client that its tokens are issued to.',
  );
}

/**
 * Believes the access tokens of a Keycloak realm. Realm roles and the client's roles become `roles`;
 * `organization` becomes `tenantId` where it names exactly one.
 *
 * @throws {PatronusConfigurationError} where an option is wrong
 * @example
 * keycloak({ url: 'https://sso.example.com', realm: 'novah', audience: 'patients-api' })
 */
export function keycloak(options: KeycloakOptions): JwtIdentityProvider {
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
