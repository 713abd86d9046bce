import { Logger, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, RequestHandler } from 'express';
import { AccountsModule } from '../accounts/accounts.module.js';
import { EventsModule } from '../events/events.module.js';
import { ProblemPages } from '../operation/http/error.filter.js';
import { PlatformError, type PlatformErrorCode } from '../operation/http/errors.js';
import { LimitsModule, limitRequests } from '../operation/limits/rate-limit.guard.js';
import type { RateLimitName } from '../operation/limits/rate-limit.policies.js';
import { RateLimitsService } from '../operation/limits/rate-limits.service.js';
import type { ServerSettings } from '../operation/settings/server-settings.js';
import { AccessTokensModule } from '../sessions/access-tokens.service.js';
import { KeysModule } from '../sessions/keys/signing-key-set.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LoginModule } from '../sign-in/sign-in.module.js';
import { BackChannelLogout } from './back-channel/back-channel-logout.js';
import { LogoutDelivery } from './back-channel/logout-delivery.job.js';
import { LogoutNotices } from './store/logout-notices.js';
import { InitialAccessTokensController } from './clients/clients.controller.js';
import { ClientsModule } from './clients/clients.module.js';
import { readDeclaredClients } from './clients/declared-clients.js';
import { OidcConfiguration } from './provider/configuration.js';
import { PasswordGrant } from './provider/password.grant.js';
import { oauthErrorRenderer } from './provider/provider-errors.js';
import { OidcEndpoints, OidcProviderHost } from './provider/provider.host.js';
import { bounceToGet, isPosted } from './provider/posted-requests.js';
import { MAX_BODY, OIDC_ROUTES, oidcPathOf } from './provider/routes.js';
import { SignedTokensEndpoint } from './provider/signed-tokens.endpoint.js';
import { checkDeclaredResourceServers } from './resource-servers/resource-servers.service.js';
import { OidcAdapters } from './store/adapters.js';
import { BrowserSessions } from './store/browser-sessions.js';
import { IssuedTokensModule } from './store/issued-tokens.js';
import { OidcStore } from './store/payload.adapter.js';
import { PayloadRepository } from './store/payload.repository.js';
import { RefreshTokenFamilies } from './store/refresh-token.adapter.js';

/** OAuth 2.0 and OpenID Connect. `mountOAuth` mounts its endpoints. */
@Module({
  imports: [
    AccessTokensModule,
    AccountsModule,
    ClientsModule,
    EventsModule,
    IssuedTokensModule,
    KeysModule,
    LimitsModule,
    LoginModule,
    SessionsModule,
  ],
  controllers: [InitialAccessTokensController],
  providers: [
    BackChannelLogout,
    BrowserSessions,
    LogoutDelivery,
    LogoutNotices,
    OidcAdapters,
    OidcConfiguration,
    OidcEndpoints,
    PayloadRepository,
    OidcProviderHost,
    OidcStore,
    PasswordGrant,
    RefreshTokenFamilies,
    SignedTokensEndpoint,
  ],
  exports: [OidcProviderHost],
})
export class OAuthModule {}

/** The limits of endpoints. Discovery and keys are public and cheap, so they have none. */
export const OAUTH_LIMITS: Readonly<Record<string, RateLimitName>> = {
  [OIDC_ROUTES.authorization]: 'authorize',
  [OIDC_ROUTES.end_session]: 'authorize',
  [OIDC_ROUTES.code_verification]: 'device',
  [OIDC_ROUTES.device_authorization]: 'token',
  [OIDC_ROUTES.token]: 'token',
  [OIDC_ROUTES.revocation]: 'token',
  [OIDC_ROUTES.pushed_authorization_request]: 'token',
  [OIDC_ROUTES.introspection]: 'introspect',
  [OIDC_ROUTES.userinfo]: 'introspect',
  [OIDC_ROUTES.registration]: 'registration',
};

/**
 * Mounts the endpoints of oidc-provider, before any body parser: it reads bodies itself, and detects
 * parameters that are repeated.
 */
export function mountOAuth(app: NestExpressApplication): void {
  const host = app.get(OidcProviderHost, { strict: false });
  const limits = app.get(RateLimitsService, { strict: false });
  const refuse = oauthErrorRenderer(app.get(ProblemPages, { strict: false }));
  for (const [path, name] of Object.entries(OAUTH_LIMITS)) {
    app.use(path, limitRequests(limits, name, refusalOver(name, refuse)));
  }
  app.use(answering(host, refuse));
}

/** Logs the name of the limit that a refused request has exceeded. */
function refusalOver(
  name: RateLimitName,
  refuse: ReturnType<typeof oauthErrorRenderer>,
): ReturnType<typeof oauthErrorRenderer> {
  const logger = new Logger('OAuth');
  return (request, response, error) => {
    const isOver = error instanceof PlatformError && error.code === 'rate_limited';
    if (isOver) logger.log(`Refused ${request.baseUrl}: limit=${name}`);
    refuse(request, response, error);
  };
}

function answering(
  host: OidcProviderHost,
  refuse: ReturnType<typeof oauthErrorRenderer>,
): RequestHandler {
  return async (request, response, next) => {
    const path = oidcPathOf(request.path);
    if (path === undefined) return next();
    const fault = bodyFaultOf(request, path);
    if (fault !== undefined) return refuse(request, response, new PlatformError(fault));
    if (isPosted(request.method, path)) {
      return bounceToGet(request, response, path).catch((error: unknown) =>
        refuse(request, response, error),
      );
    }
    request.url = path + request.url.slice(request.path.length);
    return host.handle(request, response);
  };
}

/** Finds bodies that oidc-provider refuses with the path in its answer, or with a misleading error. */
function bodyFaultOf(request: Request, path: string): PlatformErrorCode | undefined {
  const isRegistration = path.startsWith(OIDC_ROUTES.registration);
  const type = isRegistration ? 'application/json' : 'application/x-www-form-urlencoded';
  if (request.headers['content-type'] !== undefined && request.is(type) === false) {
    return 'unsupported_media_type';
  }
  return Number(request.headers['content-length'] ?? 0) > MAX_BODY ? 'body_too_large' : undefined;
}

/**
 * Checks `CLIENTS` and `RESOURCE_SERVERS` before anything is created.
 *
 * @throws {SettingsError} with a line for each mistake, without values
 */
export function checkDeclarations(settings: ServerSettings): void {
  readDeclaredClients(settings.clients);
  checkDeclaredResourceServers(settings);
}
