import { type Configuration, errors, type KoaContextWithOIDC, type Client } from 'oidc-provider';
import type { Sealer } from '../../sealing/sealer.js';
import type { ServerSettings } from '../../settings/server-settings.js';
import { newOpaqueToken } from '../../tokens/opaque-token.js';
import type { Clients } from '../clients/clients.js';
import type { ResourceServers } from '../clients/resource-servers.js';
import {
  renderDeviceConfirmation,
  renderDeviceDone,
  renderDeviceInput,
  renderLoggedOut,
  renderLogout,
} from './oidc-pages.js';
import { resourceIndicators } from './resource-indicators.js';

/** What of OAuth 2.0 and OpenID Connect is spoken here. */
export function oidcFeatures(
  settings: ServerSettings,
  sealer: Sealer,
  servers: ResourceServers,
  clients: Clients,
): Configuration['features'] {
  const registers = settings.registration !== 'off';
  return {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    // Scopes alone open claims: it is scopes that people are asked for.
    claimsParameter: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      deviceInfo: () => ({}),
      userCodeInputSource: renderDeviceInput,
      userCodeConfirmSource: renderDeviceConfirmation,
      successSource: renderDeviceDone,
    },
    dPoP: { enabled: true, nonceSecret: sealer.keyFor('dpop-nonces') },
    introspection: { enabled: true, allowedPolicy: mayIntrospect },
    pushedAuthorizationRequests: { enabled: true },
    registration: {
      enabled: registers,
      initialAccessToken: settings.registration === 'token',
      secretFactory: () => newOpaqueToken('pcs'),
    },
    registrationManagement: { enabled: registers, rotateRegistrationAccessToken: true },
    resourceIndicators: resourceIndicators(servers, clients, settings),
    revocation: { enabled: true, allowedPolicy: mayRevoke },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: renderLogout,
      postLogoutSuccessSource: renderLoggedOut,
    },
    userinfo: { enabled: true },
  };
}

/** Whoever can prove to be a client: resource servers are, and they hold the token already. */
export function mayIntrospect(_ctx: KoaContextWithOIDC, client: Client): boolean {
  return client.tokenEndpointAuthMethod !== 'none';
}

/** @throws {errors.InvalidRequest} where it is another client's (RFC 7009, section 2.1) */
export function mayRevoke(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: { readonly clientId?: string | undefined },
): boolean {
  if (token.clientId === client.clientId) return true;
  throw new errors.InvalidRequest('the token was not issued to this client');
}
