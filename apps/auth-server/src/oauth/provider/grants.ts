import {
  type Client,
  errors,
  type Grant,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import type { ServerSettings } from '../../operation/settings/server-settings.js';
import type { Clients } from '../clients/clients.service.js';
import type { ResourceServers } from '../resource-servers/resource-servers.service.js';

/** Metadata of clients that are of the operator: people need not be asked. */
export const SKIP_CONSENT = 'skip_consent';

/** Its life begins anew, and is as long as what it holds by now may last. @returns its id */
export function saveAnew(grant: Grant): Promise<string> {
  grant.exp = undefined;
  return grant.save();
}

/** What the person allowed this client before in this session. */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { oidc } = ctx;
  const { client, session, provider, account } = oidc;
  if (client === undefined || session === undefined || account === undefined) return undefined;
  const grantId = oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const granted = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (client[SKIP_CONSENT] !== true) return granted;

  const { accountId } = account;
  const grant = granted ?? new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  for (const [identifier, server] of Object.entries(oidc.resourceServers ?? {})) {
    const asked = [...server.scopes].filter((scope) => oidc.requestParamScopes.has(scope));
    grant.addResourceScope(identifier, asked.join(' '));
  }
  await saveAnew(grant);
  return grant;
}

/** Metadata of clients: the scopes of resource servers that they may ask for. */
export const RESOURCE_SCOPES = 'resource_scopes';

/**
 * Signed access tokens (RFC 9068) for the APIs that are registered (RFC 8707), with those of their
 * scopes that the client may ask for. A client that may ask for none gets no token; for an API that
 * knows no scopes, the operator's clients do.
 */
export function resourceIndicators(
  servers: ResourceServers,
  clients: Clients,
  settings: ServerSettings,
) {
  return {
    enabled: true,
    async getResourceServerInfo(
      _ctx: KoaContextWithOIDC,
      identifier: string,
      client: Client,
    ): Promise<ResourceServer> {
      const server = await servers.find(identifier);
      if (server === undefined) throw new errors.InvalidTarget();
      const allowed = client[RESOURCE_SCOPES];
      const scopes = server.scopes.filter(
        (scope) => Array.isArray(allowed) && allowed.includes(scope),
      );
      const mayAsk =
        server.scopes.length > 0 ? scopes.length > 0 : await clients.isOperators(client.clientId);
      if (!mayAsk) throw new errors.InvalidTarget();
      return {
        audience: server.identifier,
        scope: scopes.join(' '),
        accessTokenFormat: 'jwt',
        accessTokenTTL: server.accessTokenTtl ?? settings.accessTokenTtl,
        jwt: { sign: { alg: 'ES256' } },
      };
    },
  };
}
