import {
  type Client,
  errors,
  type Grant,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import { EVENTS_SCOPE } from '../../events/outbox/stream-ports.js';
import type { ServerSettings } from '../../operation/settings/server-settings.js';
import type { ClientsService } from '../clients/clients.service.js';
import type { ResourceServersService } from '../resource-servers/resource-servers.service.js';
import {
  actsForItself,
  refuseFruitless,
  resourceFor,
  useGrantedResource,
} from './resource-choice.js';
import { RESOURCE_SCOPES, skipsConsent } from './operator-metadata.js';

/** Saves a grant with a new expiry, which depends on its current scopes. @returns its id */
export function saveWithFreshExpiry(grant: Grant): Promise<string> {
  grant.exp = undefined;
  return grant.save();
}

/** Finds the grant of a client in the current session. */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { oidc } = ctx;
  const { client, session, provider, account } = oidc;
  if (client === undefined || session === undefined || account === undefined) return undefined;
  const grantId = oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const granted = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (!skipsConsent(client)) return granted;

  const { accountId } = account;
  const grant = granted ?? new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  for (const [identifier, server] of Object.entries(oidc.resourceServers ?? {})) {
    const asked = [...server.scopes].filter((scope) => oidc.requestParamScopes.has(scope));
    grant.addResourceScope(identifier, asked.join(' '));
  }
  await saveWithFreshExpiry(grant);
  return grant;
}

/**
 * Configures signed access tokens (RFC 9068) for registered APIs (RFC 8707), with the scopes of the API that
 * the client may request. A client that may request none gets no token. For an API without scopes, clients of
 * the operator get one.
 *
 * The platform's own API is none of them. It accepts a token for the account of a person in every place, so people
 * get none through a client. A client that acts for itself gets one to read events.
 */
export function resourceIndicators(
  servers: ResourceServersService,
  clients: ClientsService,
  settings: ServerSettings,
) {
  const signed = (audience: string, scope: string, ttl: number | null): ResourceServer => ({
    audience,
    scope,
    accessTokenFormat: 'jwt',
    accessTokenTTL: ttl ?? settings.accessTokenTtl,
    jwt: { sign: { alg: 'ES256' } },
  });
  return {
    enabled: true,
    useGrantedResource,
    defaultResource: resourceFor(servers, clients, settings),
    getResourceServerInfo: async (
      ctx: KoaContextWithOIDC,
      identifier: string,
      client: Client,
    ): Promise<ResourceServer> => {
      if (identifier === settings.apiAudience) {
        const mayRead = actsForItself(ctx) && (await clients.mayReadEvents(client.clientId));
        if (!mayRead) throw new errors.InvalidTarget();
        refuseFruitless(ctx, [EVENTS_SCOPE]);
        return signed(identifier, EVENTS_SCOPE, null);
      }
      const server = await servers.find(identifier);
      if (server === undefined) throw new errors.InvalidTarget();
      const allowed = client[RESOURCE_SCOPES];
      const scopes = server.scopes.filter(
        (scope) => Array.isArray(allowed) && allowed.includes(scope),
      );
      const mayAsk =
        server.scopes.length > 0 ? scopes.length > 0 : await clients.isOperators(client.clientId);
      if (!mayAsk) throw new errors.InvalidTarget();
      refuseFruitless(ctx, scopes);
      return signed(server.identifier, scopes.join(' '), server.accessTokenTtl);
    },
  };
}
