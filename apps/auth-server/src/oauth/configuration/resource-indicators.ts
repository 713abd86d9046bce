import { errors, type KoaContextWithOIDC, type Client, type ResourceServer } from 'oidc-provider';
import type { ServerSettings } from '../../settings/server-settings.js';
import type { Clients } from '../clients/clients.js';
import type { ResourceServers } from '../clients/resource-servers.js';

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
