import { Injectable } from '@nestjs/common';
import {
  type Client,
  type Configuration,
  errors,
  type Grant,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { AccountsService } from '../../accounts/accounts.service.js';
import { OAuthPages } from '../ports.js';
import { newOpaqueToken } from '../../operation/crypto/opaque-tokens.js';
import { Keyring } from '../../operation/crypto/keyring.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RateLimitsService } from '../../operation/limits/rate-limits.service.js';
import { LOCALES } from '../../operation/http/locale.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import { SigningKeySet } from '../../sessions/keys/signing-key-set.js';
import { OPENID_SCOPES } from '../clients/client-metadata.schema.js';
import { ClientsService } from '../clients/clients.service.js';
import { ResourceServersService } from '../resource-servers/resource-servers.service.js';
import { currentDevice } from '../store/browser-sessions.js';
import { OidcAdapters } from '../store/adapters.js';
import { IssuedTokens } from '../store/issued-tokens.js';
import { checkAssertion } from './client-authentication.js';
import { extraTokenClaims, findAccount, recordIssuedTokens, OIDC_CLAIMS } from './claims.js';
import { loadExistingGrant, resourceIndicators } from './grants.js';
import { REQUIRE_PKCE, RESOURCE_SCOPES, SKIP_CONSENT, skipsConsent } from './operator-metadata.js';
import { outgoingFetch } from './outgoing-fetch.js';
import { tokenEndpointError } from './provider-errors.js';
import { refuseFruitlessScope } from './request-guard.js';
import { rotationAfterCheck } from './resource-choice.js';
import { isPageRoute, OIDC_ROUTES } from './routes.js';

const { base, Check } = interactionPolicy;

/** The name of a check of oidc-provider. */
const NATIVE = 'native_client_prompt';

/** The policy that decides if a person must sign in or consent. */
function oidcInteractionPolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy
    .get('login')
    ?.checks.add(
      new Check(
        'account_closed',
        'the account can no longer be used',
        'login_required',
        ({ oidc }) =>
          oidc.session?.accountId !== undefined && oidc.account === undefined
            ? Check.REQUEST_PROMPT
            : Check.NO_NEED_TO_PROMPT,
      ),
    );
  askNativeClientsAgain(policy);
  return policy;
}

/**
 * Asks for consent each time that a native client signs a person in, because other applications can take its
 * place (RFC 8252, section 8.6). Clients of the operator do without.
 */
function askNativeClientsAgain(policy: interactionPolicy.DefaultPolicy): void {
  const checks = policy.get('consent')?.checks;
  checks?.remove(NATIVE);
  checks?.add(
    new Check(
      NATIVE,
      'native clients require End-User interaction',
      'interaction_required',
      ({ oidc: { client, result } }) =>
        client?.applicationType === 'native' &&
        !skipsConsent(client) &&
        (result === undefined || !('consent' in result))
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT,
    ),
  );
}

/**
 * Configures cookies. They are signed, invisible to scripts, and sent with links from other sites, but not
 * with their forms. With https, their names make browsers refuse cookies that another host or an insecure
 * connection sets (RFC 6265bis, section 4.1.3).
 */
function oidcCookies(settings: ServerSettings, keyring: Keyring): Configuration['cookies'] {
  const secure = settings.issuer.startsWith('https:');
  const options = { signed: true, httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    names: {
      session: secure ? '__Host-patronus_session' : 'patronus_session',
      interaction: secure ? '__Secure-patronus_interaction' : 'patronus_interaction',
      resume: secure ? '__Secure-patronus_resume' : 'patronus_resume',
    },
    long: { ...options, path: '/' },
    short: options,
    keys: [keyring.keyFor('cookies')],
  };
}

/** The features of OAuth 2.0 and OpenID Connect that are enabled. */
function oidcFeatures(
  settings: ServerSettings,
  keyring: Keyring,
  pages: OAuthPages,
): Configuration['features'] {
  const registers = settings.registration !== 'off';
  return {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    // Only scopes select claims, because people consent to scopes.
    claimsParameter: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      deviceInfo: () => ({}),
      userCodeInputSource: (...input) => pages.renderDeviceInput(...input),
      userCodeConfirmSource: (...input) => pages.renderDeviceConfirmation(...input),
      successSource: (ctx) => pages.renderDeviceDone(ctx),
    },
    dPoP: { enabled: true, nonceSecret: keyring.keyFor('dpop-nonces') },
    introspection: { enabled: true, allowedPolicy: mayIntrospect },
    pushedAuthorizationRequests: { enabled: true },
    registration: {
      enabled: registers,
      initialAccessToken: settings.registration === 'token',
      secretFactory: () => newOpaqueToken('pcs'),
    },
    registrationManagement: { enabled: registers, rotateRegistrationAccessToken: true },
    revocation: { enabled: true, allowedPolicy: mayRevoke },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => pages.renderLogout(ctx),
      postLogoutSuccessSource: (ctx) => pages.renderLoggedOut(ctx),
    },
    userinfo: { enabled: true },
  };
}

/** Allows every client that authenticates. Resource servers do, and hold the token already. */
export function mayIntrospect(_ctx: KoaContextWithOIDC, client: Client): boolean {
  return client.tokenEndpointAuthMethod !== 'none';
}

/** @throws {errors.InvalidRequest} if the token belongs to another client (RFC 7009, section 2.1) */
function mayRevoke(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: { readonly clientId?: string | undefined },
): boolean {
  if (token.clientId === client.clientId) return true;
  throw new errors.InvalidRequest('the token was not issued to this client');
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns the lifetimes, in seconds. */
function oidcLifetimes(settings: ServerSettings): Configuration['ttl'] {
  const { accessTokenTtl, refreshTokenTtl, sessionTtl } = settings;
  return {
    AuthorizationCode: MINUTE,
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenTtl,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenTtl,
    DeviceCode: 10 * MINUTE,
    /** Afterwards, people are asked for consent again, and refresh tokens expire. Only offline access outlives a session. */
    Grant: (_ctx, grant) => (isOffline(grant) ? 400 * DAY : sessionTtl),
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: refreshTokenTtl,
    Session: (_ctx, session) => (session.accountId === undefined ? HOUR : sessionTtl),
  };
}

function isOffline(grant: Grant): boolean {
  return grant.getOIDCScope().split(' ').includes('offline_access');
}

/**
 * Tells if a request without a code challenge is refused. A confidential client that an administrator exempted
 * uses the nonce of OpenID Connect instead (RFC 9700, section 2.1.1).
 *
 * @throws {errors.InvalidRequest} if it uses neither
 */
function isPkceRequired({ oidc: { params } }: KoaContextWithOIDC, client: Client): boolean {
  if (client[REQUIRE_PKCE] !== false || client.clientAuthMethod === 'none') return true;
  const { nonce, scope } = params ?? {};
  const hasOpenid = typeof scope === 'string' && scope.split(' ').includes('openid');
  if (nonce !== undefined && hasOpenid) return false;
  throw new errors.InvalidRequest('a request without PKCE needs a nonce and the scope openid');
}

/** Builds the configuration of oidc-provider with the current keys. */
@Injectable()
export class OidcConfiguration {
  constructor(
    private readonly settings: ServerSettings,
    private readonly keyring: Keyring,
    private readonly keys: SigningKeySet,
    private readonly accounts: AccountsService,
    private readonly servers: ResourceServersService,
    private readonly clients: ClientsService,
    private readonly adapters: OidcAdapters,
    private readonly issued: IssuedTokens,
    private readonly pages: OAuthPages,
    private readonly limits: RateLimitsService,
  ) {}

  build(): Configuration {
    const { settings, keyring } = this;
    const features = oidcFeatures(settings, keyring, this.pages);
    const resources = resourceIndicators(this.servers, this.clients, settings);
    return {
      adapter: (model) => this.adapters.of(model),
      claims: OIDC_CLAIMS,
      assertJwtClientAuthClaimsAndHeader: checkAssertion,
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      clientBasedCORS: (_ctx, origin, client) =>
        // Private-use schemes and sandboxed frames all have the origin `null`.
        origin !== 'null' &&
        client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) === true,
      conformIdTokenClaims: true,
      cookies: oidcCookies(settings, keyring),
      discovery: { ui_locales_supported: [...LOCALES] },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
      extraClientMetadata: {
        properties: [SKIP_CONSENT, REQUIRE_PKCE, RESOURCE_SCOPES],
        validator: (ctx, key, value) => {
          if (ctx === undefined || value === undefined) return;
          throw new errors.InvalidClientMetadata(`${key} must not be registered`);
        },
      },
      // Runs after the scopes and resources were read, and before a page is shown.
      extraParams: {
        scope: async (ctx, scope) => {
          refuseFruitlessScope(ctx, scope);
          await this.#limitAnonymousPush(ctx);
        },
      },
      extraTokenClaims,
      features: { ...features, resourceIndicators: resources },
      fetch: outgoingFetch(settings.issuer),
      findAccount: findAccount(this.accounts),
      formats: { customizers: { jwt: recordIssuedTokens(this.issued) } },
      interactions: {
        policy: oidcInteractionPolicy(),
        url: (_ctx, { uid }) => `/interaction/${uid}`,
      },
      jwks: { keys: [...this.keys.privateJwks()] },
      loadExistingGrant,
      pkce: { required: isPkceRequired },
      renderError: async (ctx, out, error) => {
        if (isPageRoute(ctx.path)) await this.pages.renderProblem(ctx, error);
        else ctx.body = out;
      },
      responseTypes: ['code'],
      rotateRefreshToken: rotationAfterCheck(resources.getResourceServerInfo),
      routes: OIDC_ROUTES,
      scopes: OPENID_SCOPES,
      // Subjects are public, so there is nothing to fetch.
      sectorIdentifierUriValidate: () => false,
      subjectTypes: ['public'],
      ttl: oidcLifetimes(settings),
    };
  }

  /** Limits pushed requests of clients that do not authenticate: anyone can send them, and each leaves a row. */
  async #limitAnonymousPush(ctx: KoaContextWithOIDC): Promise<void> {
    const { route, client } = ctx.oidc;
    if (route !== 'pushed_authorization_request' || client?.clientAuthMethod !== 'none') return;
    const { address } = currentDevice();
    const { retryAfter } = await this.limits.spend('push', { address });
    if (retryAfter === undefined) return;
    throw tokenEndpointError(ctx, new PlatformError('rate_limited', { retryAfter }));
  }
}
