import { Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import type { Client, errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
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
      else nameSession(ctx);
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

/** Sets the `sid` of an opaque token to the one in signed tokens. oidc-provider uses one for each client. */
function nameSession(ctx: KoaContextWithOIDC): void {
  const body: unknown = ctx.body;
  if (typeof body !== 'object' || body === null || !('active' in body) || !body.active) return;
  const { AccessToken } = ctx.oidc.entities;
  if (AccessToken?.sessionUid === undefined) return;
  ctx.body = { ...body, sid: AccessToken.sessionUid };
}

function introspectionOf(claims: JWTPayload): object {
  const isBound = typeof claims['cnf'] === 'object' && claims['cnf'] !== null;
  return { ...claims, active: true, token_type: isBound ? 'DPoP' : 'Bearer' };
}

function answer(ctx: KoaContextWithOIDC, status: number, body: object | string): void {
  ctx.status = status;
  ctx.body = body;
}
