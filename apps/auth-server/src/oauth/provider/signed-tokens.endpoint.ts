import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import type { Client, errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AccountsService } from '../../accounts/accounts.service.js';
import { accountParty, clientParty } from '../../events/catalogue.js';
import { AccessTokensService } from '../../sessions/access-tokens.service.js';
import { IssuedTokens } from '../store/issued-tokens.js';
import { mayIntrospect } from './configuration.js';

/** The answer for a token that is not valid for the client (RFC 7662, section 2.2). */
const INACTIVE = { active: false };

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of signed access tokens. oidc-provider supports only opaque
 * tokens. It refuses signed ones after the client has authenticated, and this endpoint replaces that answer.
 */
@Injectable()
export class SignedTokensEndpoint {
  readonly #refused = new WeakSet<object>();

  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly issued: IssuedTokens,
    private readonly accounts: AccountsService,
  ) {}

  addTo(provider: Provider): void {
    const note = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
      if (error.error === 'unsupported_token_type') this.#refused.add(ctx);
    };
    provider.on('introspection.error', note);
    provider.on('revocation.error', note);
    provider.use(async (ctx: KoaContextWithOIDC, next) => {
      await next();
      if (this.#refused.has(ctx)) await this.#answer(ctx);
      else await this.#nameSubject(ctx);
    });
  }

  async #answer(ctx: KoaContextWithOIDC): Promise<void> {
    const { client, params, route } = ctx.oidc;
    const token = params?.['token'];
    if (client === undefined || typeof token !== 'string') return;
    const claims = (await this.accessTokens.verify(token))?.claims;
    if (route === 'introspection') {
      const isActive = claims !== undefined && mayIntrospect(ctx, client);
      answer(ctx, 200, isActive ? introspectionOf(claims) : INACTIVE);
    } else {
      await this.#revoke(ctx, client, claims);
    }
  }

  /**
   * Adds the members of signed tokens to the answer for an opaque one. Its `sid` is that of the session, where
   * oidc-provider has one for each client. A client that acts for itself is its own subject (RFC 9068, section 2.2).
   */
  async #nameSubject(ctx: KoaContextWithOIDC): Promise<void> {
    const body: unknown = ctx.body;
    if (typeof body !== 'object' || body === null || !('active' in body) || !body.active) return;
    const { AccessToken, RefreshToken, ClientCredentials } = ctx.oidc.entities;
    if (ClientCredentials?.clientId !== undefined) {
      const { clientId } = ClientCredentials;
      ctx.body = { ...body, sub: clientId, username: clientId };
    }
    const token = AccessToken ?? RefreshToken;
    if (token === undefined) return;
    const { sessionUid: sid, accountId, scopes } = token;
    const username = await this.#usernameOf(accountId, scopes);
    ctx.body = { ...body, ...(sid !== undefined && { sid }), username };
  }

  /** Returns the name of a person that the scopes of a token allow (RFC 7662, section 2.2). Its id otherwise. */
  async #usernameOf(accountId: string, scopes: ReadonlySet<string>): Promise<string> {
    if (!scopes.has('email') && !scopes.has('profile')) return accountId;
    const account = await this.accounts.active(accountId);
    const email = scopes.has('email') ? account?.email : undefined;
    const name = scopes.has('profile') ? account?.username : undefined;
    return email ?? name ?? accountId;
  }

  async #revoke(
    ctx: KoaContextWithOIDC,
    client: Client,
    claims: JWTPayload | undefined,
  ): Promise<void> {
    if (claims === undefined) return answer(ctx, 200, '');
    if (claims['client_id'] !== client.clientId) {
      return answer(ctx, 400, {
        error: 'invalid_request',
        error_description: 'the token was not issued to this client',
      });
    }
    const { jti, exp, sub } = claims;
    if (jti === undefined || exp === undefined) throw new Error('A token has no id.');
    const by = clientParty(client.clientId);
    const subject = sub === undefined || sub === client.clientId ? by : accountParty(sub);
    await this.issued.revoke([{ id: jti, expiresAt: new Date(exp * 1000), subject }], by);
    answer(ctx, 200, '');
  }
}

function introspectionOf(claims: JWTPayload): object {
  const { cnf, email, sub } = claims;
  const isBound = typeof cnf === 'object' && cnf !== null;
  const username = typeof email === 'string' ? email : sub;
  return { ...claims, username, active: true, token_type: isBound ? 'DPoP' : 'Bearer' };
}

function answer(ctx: KoaContextWithOIDC, status: number, body: object | string): void {
  ctx.status = status;
  ctx.body = body;
}
