import { Injectable } from '@nestjs/common';
import { errors, type Grant, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { AccountRow } from '../../accounts/accounts.service.js';
import type { SessionRow } from '../../sessions/sessions.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RateLimitsService } from '../../operation/limits/rate-limits.service.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import {
  PasswordVerifierService,
  type ProvenAccount,
} from '../../sign-in/login/password-verifier.service.js';
import type { DeviceChannel } from '../../sessions/devices/device-secrets.js';
import { SignInService } from '../../sign-in/sign-in.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { ResourceServersService } from '../resource-servers/resource-servers.service.js';
import { currentDevice } from '../store/browser-sessions.js';
import { oidcAccountOf } from './claims.js';
import { resourceIndicators } from './grants.js';
import { tokenEndpointError } from './provider-errors.js';

const GRANT_TYPE = 'password';
const PARAMETERS = ['username', 'password', 'scope', 'resource'] as const;

type PasswordContext = TokenEndpointGrantContext<{
  [Parameter in (typeof PARAMETERS)[number]]?: string;
}>;

/** The scopes and the API that a client asks for and may get. */
interface AskedScopes {
  /** The scopes of the platform. */
  readonly scopes: readonly string[];
  readonly server: InstanceType<Provider['ResourceServer']> | undefined;
  /** The scopes of the API. */
  readonly ofServer: readonly string[];
}

/**
 * The resource owner password credentials grant (RFC 6749, section 4.3), for clients with `passwordGrant`.
 * OAuth 2.1 removed it. Use it only while an application migrates.
 */
@Injectable()
export class PasswordGrant {
  readonly #resources;

  constructor(
    private readonly clients: ClientsService,
    private readonly passwords: PasswordVerifierService,
    private readonly signIn: SignInService,
    private readonly limits: RateLimitsService,
    servers: ResourceServersService,
    settings: ServerSettings,
  ) {
    this.#resources = resourceIndicators(servers, clients, settings);
  }

  addTo(provider: Provider): void {
    provider.registerGrantType(
      GRANT_TYPE,
      (ctx: PasswordContext) => this.#exchange(ctx),
      PARAMETERS,
    );
  }

  async #exchange(ctx: PasswordContext): Promise<void> {
    const { client, params } = ctx.oidc;
    const { username, password } = params;
    if (!(await this.clients.mayUsePassword(client.clientId)))
      throw new errors.UnauthorizedClient();
    if (client['dpopBoundAccessTokens'] === true) {
      throw new errors.InvalidRequest(
        'this client must not use passwords, because its tokens are bound to a key',
      );
    }
    if (username === undefined || password === undefined) {
      throw new errors.InvalidRequest('username and password must be given');
    }
    const asked = await this.#asked(ctx);
    try {
      const device = currentDevice();
      // A client with a secret is a server: its requests come from no device of the person.
      const channel = client.clientAuthMethod === 'none' ? 'header' : undefined;
      const { account, proof } = await this.#verify(username, password, channel);
      const session = await this.signIn.completeWithoutTokens(account, [proof], device, channel);
      await this.#answer(ctx, asked, account, session);
    } catch (error) {
      throw error instanceof PlatformError ? tokenEndpointError(ctx, error) : error;
    }
  }

  async #verify(
    identifier: string,
    password: string,
    channel: DeviceChannel | undefined,
  ): Promise<ProvenAccount> {
    const { address } = currentDevice();
    const { retryAfter } = await this.limits.spend('login', { address });
    if (retryAfter !== undefined) throw new PlatformError('rate_limited', { retryAfter });
    const login = { identifier, password, channel, flow: undefined };
    const proven = await this.passwords.verify(login);
    if ('challenge' in proven) throw new PlatformError('browser_required');
    return proven;
  }

  /**
   * Finds what the client may get, before a session begins.
   *
   * @throws {errors.InvalidScope} if it would get none of the scopes that it asks for
   */
  async #asked(ctx: PasswordContext): Promise<AskedScopes> {
    const { provider, client, params, requestParamOIDCScopes, requestParamScopes } = ctx.oidc;
    const { resource, scope: asked } = params;
    const allowed = client.scope?.split(' ');
    const scopes = [...requestParamOIDCScopes].filter((scope) => allowed?.includes(scope) ?? true);
    const server =
      resource === undefined
        ? undefined
        : new provider.ResourceServer(
            resource,
            await this.#resources.getResourceServerInfo(ctx, resource, client),
          );
    const ofServer = [...(server?.scopes ?? [])].filter((scope) => requestParamScopes.has(scope));
    const granted = server === undefined ? scopes : ofServer;
    if (asked !== undefined && granted.length === 0) {
      throw new errors.InvalidScope('the client may request none of these scopes', asked);
    }
    return { scopes, server, ofServer };
  }

  async #answer(
    ctx: PasswordContext,
    { scopes, server, ofServer }: AskedScopes,
    account: AccountRow,
    session: SessionRow,
  ): Promise<void> {
    const { provider, client, params } = ctx.oidc;
    const { resource } = params;
    const grant = new provider.Grant({ accountId: account.id, clientId: client.clientId });
    grant.addOIDCScope(scopes.join(' '));
    if (resource !== undefined) grant.addResourceScope(resource, ofServer.join(' '));
    const grantId = await grant.save();
    const source = {
      client,
      accountId: account.id,
      grantId,
      gty: GRANT_TYPE,
      sessionUid: session.id,
    };
    const scope = scopeOf(grant, resource);
    ctx.oidc.entity('Account', oidcAccountOf(account));
    ctx.oidc.entity('Grant', grant);
    const token = new provider.AccessToken({ ...source, scope, resourceServer: server });
    const accessToken = await token.save();
    const answer = {
      access_token: accessToken,
      token_type: token.tokenType,
      expires_in: token.expiration,
      ...(scope && { scope }),
    };
    const mayRefresh =
      scopes.includes('offline_access') && client.grantTypeAllowed('refresh_token');
    if (!mayRefresh) {
      ctx.body = answer;
      return;
    }
    const refreshToken = new provider.RefreshToken({
      ...source,
      scope: [grant.getOIDCScope(), scope].join(' ').trim(),
      ...(resource !== undefined && { resource }),
      amr: session.methods,
      authTime: Math.floor(session.authenticatedAt.getTime() / 1000),
      rotations: 0,
    });
    ctx.body = { ...answer, refresh_token: await refreshToken.save() };
  }
}

function scopeOf(grant: Grant, resource: string | undefined): string {
  return resource === undefined ? grant.getOIDCScope() : grant.getResourceScope(resource);
}
