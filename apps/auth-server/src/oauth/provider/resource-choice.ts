import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { EVENTS_SCOPE } from '../../events/outbox/stream-ports.js';
import type { ServerSettings } from '../../operation/settings/server-settings.js';
import { OPENID_SCOPES } from '../clients/client-metadata.schema.js';
import type { ClientsService } from '../clients/clients.service.js';
import type { ResourceServersService } from '../resource-servers/resource-servers.service.js';
import { RESOURCE_SCOPES } from './operator-metadata.js';

type ResourceLookup = (
  ctx: KoaContextWithOIDC,
  identifier: string,
  client: Client,
) => Promise<unknown>;

/** Tells if a request is one of the client credentials grant (RFC 6749, section 4.4). */
export function actsForItself({ oidc: { route, params } }: KoaContextWithOIDC): boolean {
  return route === 'token' && params?.['grant_type'] === 'client_credentials';
}

/** Tells if a token is for the resource of the authorization request. Of several, the client names one. */
export function useGrantedResource(
  _ctx: KoaContextWithOIDC,
  { resource }: { readonly resource?: string | readonly string[] | undefined },
): boolean {
  return listOf(resource).length === 1;
}

/** @throws {errors.InvalidScope} if a client that acts for itself would get none of the scopes that it asks for */
export function refuseFruitless(ctx: KoaContextWithOIDC, granted: readonly string[]): void {
  const asked = askedScopes(ctx);
  if (!actsForItself(ctx) || asked.length === 0) return;
  if (asked.some((scope) => granted.includes(scope))) return;
  throw new errors.InvalidScope('the client may request none of these scopes', asked.join(' '));
}

/**
 * Returns the function that chooses a resource if a request names none: for a client that acts for itself, the
 * one API that has the requested scopes.
 */
export function resourceFor(
  servers: ResourceServersService,
  clients: ClientsService,
  { apiAudience }: ServerSettings,
) {
  return async (
    ctx: KoaContextWithOIDC,
    client: Client,
    oneOf?: readonly string[],
  ): Promise<string | readonly string[] | undefined> => {
    if (oneOf !== undefined) return oneOf.length === 1 ? oneOf[0] : oneOf;
    const own = new Set<string>(OPENID_SCOPES);
    const asked = askedScopes(ctx).filter((scope) => !own.has(scope));
    if (!actsForItself(ctx) || asked.length === 0) return undefined;
    const allowed = client[RESOURCE_SCOPES];
    const foreign = asked.find((scope) => !Array.isArray(allowed) || !allowed.includes(scope));
    if (foreign !== undefined) {
      throw new errors.InvalidScope('the client may not request this scope', foreign);
    }
    const isEvents = asked.every((scope) => scope === EVENTS_SCOPE);
    if (isEvents && (await clients.mayReadEvents(client.clientId))) return apiAudience;
    const known = await servers.list();
    const fitting = known.filter(({ scopes }) => asked.every((scope) => scopes.includes(scope)));
    const [server] = fitting;
    if (server === undefined) {
      throw new errors.InvalidScope('no API has these scopes', asked.join(' '));
    }
    if (fitting.length > 1) {
      throw new errors.InvalidTarget('several APIs have these scopes: name one as resource');
    }
    return server.identifier;
  };
}

/**
 * Returns the function that decides to exchange a refresh token. It checks the resource first, because the token
 * is used up before oidc-provider does.
 *
 * @throws {errors.InvalidTarget} if the client may get no token for the resource
 */
export function rotationAfterCheck(find: ResourceLookup) {
  return async (ctx: KoaContextWithOIDC): Promise<boolean> => {
    const { params, client, requestParamScopes, entities } = ctx.oidc;
    const { RefreshToken: token } = entities;
    if (token === undefined || client === undefined) throw new Error('A refresh has no token.');
    const granted = listOf(token.resource);
    const scopes = params?.['scope'] === undefined ? token.scopes : requestParamScopes;
    const isForUserinfo = granted.length !== 1 && scopes.has('openid');
    const byDefault = isForUserinfo ? [] : granted;
    const asked = params?.['resource'] === undefined ? byDefault : listOf(params['resource']);
    if (asked.length > 1) throw new errors.InvalidTarget('name one resource');
    for (const one of asked) {
      if (!granted.includes(one)) throw new errors.InvalidTarget();
      await find(ctx, one, client);
    }
    return true;
  };
}

function askedScopes({ oidc: { params } }: KoaContextWithOIDC): readonly string[] {
  const scope = params?.['scope'];
  return typeof scope === 'string' ? scope.split(' ') : [];
}

function listOf(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
