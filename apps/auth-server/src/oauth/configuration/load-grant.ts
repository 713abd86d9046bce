import type { Grant, KoaContextWithOIDC } from 'oidc-provider';

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
