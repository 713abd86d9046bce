import { SCOPE, WEB } from '../clients.mjs';

/**
 * A refresh token of the web client, made by oidc-provider's own classes as a sign-in would.
 *
 * @param bound further members of the token, such as the session that it belongs to
 */
export async function grantRefreshToken(provider, accountId, bound = {}) {
  const client = await provider.Client.find(WEB);
  const grant = new provider.Grant({ accountId, clientId: WEB });
  grant.addOIDCScope(SCOPE);
  const grantId = await grant.save();
  const authTime = Math.floor(Date.now() / 1000);
  const token = new provider.RefreshToken({
    accountId,
    client,
    grantId,
    authTime,
    gty: 'authorization_code',
    scope: SCOPE,
    ...bound,
  });
  return token.save();
}
