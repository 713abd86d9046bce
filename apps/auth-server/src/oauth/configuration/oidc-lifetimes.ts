import type { Configuration, Grant } from 'oidc-provider';
import type { ServerSettings } from '../../settings/server-settings.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In seconds. */
export function oidcLifetimes(settings: ServerSettings): Configuration['ttl'] {
  const { accessTokenTtl, refreshTokenTtl, sessionTtl } = settings;
  return {
    AuthorizationCode: MINUTE,
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenTtl,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessTokenTtl,
    DeviceCode: 10 * MINUTE,
    /** What a person allowed is asked for anew after that, and refresh tokens end: only they outlive a session. */
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
