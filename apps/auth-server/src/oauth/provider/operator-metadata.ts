import type { Client } from 'oidc-provider';

/** The metadata of clients of the operator, for which people are not asked for consent. */
export const SKIP_CONSENT = 'skip_consent';

/** The metadata of clients with the scopes of resource servers that they may request. */
export const RESOURCE_SCOPES = 'resource_scopes';

/** The metadata of confidential clients that cannot use PKCE, if it is false. */
export const REQUIRE_PKCE = 'require_pkce';

/** Tells if people are not asked for consent. */
export function skipsConsent(client: Client | undefined): boolean {
  return client?.[SKIP_CONSENT] === true;
}

/** Tells if a client may ask for refresh tokens (OpenID Connect Core 1.0, section 11). */
export function mayAskOffline(client: Client): boolean {
  const allowed = client.scope?.split(' ');
  return client.grantTypeAllowed('refresh_token') && allowed?.includes('offline_access') !== false;
}
