import type {
  AccessToken,
  Account,
  ClientCredentials,
  Configuration,
  FindAccount,
  JWTStructured,
  KoaContextWithOIDC,
  UnknownObject,
} from 'oidc-provider';
import type { AccountsService } from '../../accounts/accounts.service.js';
import { type AccountRow, PLATFORM_ROLES } from '../../accounts/accounts.service.js';
import type { IssuedTokens } from '../store/issued-tokens.js';
import { skipsConsent } from './operator-metadata.js';

/** The claims of each scope (OpenID Connect Core 1.0, section 5.4). */
export const OIDC_CLAIMS = {
  openid: ['sub'],
  profile: ['name', 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  acr: null,
  auth_time: null,
  iss: null,
  sid: null,
} as const satisfies Configuration['claims'];

/** Finds an active account. Codes and tokens of a closed account are refused. */
export function findAccount(accounts: AccountsService): FindAccount {
  return async (_ctx, id) => {
    const account = await accounts.active(id);
    return account && oidcAccountOf(account);
  };
}

/** Converts an account to the format of oidc-provider. */
export function oidcAccountOf(account: AccountRow): Account {
  return { accountId: account.id, account, claims: () => claimsOf(account) };
}

/** Returns all claims of an account. oidc-provider removes those that the scopes do not include. */
function claimsOf(account: AccountRow) {
  const { id, name, username, email, emailVerifiedAt, updatedAt } = account;
  return {
    sub: id,
    ...(name !== null && { name }),
    ...(username !== null && { preferred_username: username }),
    ...(email !== null && { email, email_verified: emailVerifiedAt !== null }),
    updated_at: Math.floor(updatedAt.getTime() / 1000),
  };
}

/** The personal claims in access tokens, by their scope. */
const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  email: ['email', 'email_verified'],
  profile: ['name'],
};

/** Returns the additional claims of access tokens of people: RFC 9068, section 2.2, and `sid`. */
export async function extraTokenClaims(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Promise<UnknownObject | undefined> {
  if (token.kind !== 'AccessToken') return undefined;
  const source = sourceOf(ctx);
  return {
    sid: token.sessionUid,
    ...(source?.authTime !== undefined && { auth_time: source.authTime }),
    ...(source?.amr !== undefined && { amr: source.amr }),
    ...roleIn(ctx),
    ...(token.resourceServer !== undefined && (await personIn(ctx))),
  };
}

function sourceOf({ oidc: { entities } }: KoaContextWithOIDC) {
  return entities.AuthorizationCode ?? entities.RefreshToken ?? entities.DeviceCode;
}

/** Returns the platform role for applications of the operator. Other applications must not learn it. */
function roleIn({ oidc: { client, account } }: KoaContextWithOIDC): UnknownObject {
  const row = account?.['account'];
  if (!skipsConsent(client)) return {};
  if (typeof row !== 'object' || row === null || !('role' in row)) return {};
  const role = PLATFORM_ROLES.find((known) => known === row.role);
  return role === undefined ? {} : { platform_roles: [role] };
}

/** Returns the claims that the person allowed and the request asked for (RFC 9068, section 2.2.2). */
async function personIn(ctx: KoaContextWithOIDC): Promise<UnknownObject> {
  const { Grant } = ctx.oidc.entities;
  const { account } = ctx.oidc;
  if (Grant === undefined || account === undefined) return {};
  const asked = sourceOf(ctx)?.scopes;
  const scope = asked === undefined ? Grant.getOIDCScope() : Grant.getOIDCScopeFiltered(asked);
  const claims = await account.claims('access_token', scope, {}, []);
  const opened = scope.split(' ').flatMap((one) => PERSONAL[one] ?? []);
  return Object.fromEntries(opened.map((claim) => [claim, claims[claim]]));
}

/** Records each signed token of a grant, so that revoking the grant revokes the token. */
export function recordIssuedTokens(issued: IssuedTokens) {
  return async (
    _ctx: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
    { payload }: JWTStructured,
  ): Promise<void> => {
    if (token.kind !== 'AccessToken' || token.grantId === undefined) return;
    const { grantId, clientId, accountId } = token;
    const { jti, exp } = payload;
    if (typeof jti !== 'string' || typeof exp !== 'number' || clientId === undefined) {
      throw new Error('A token has no id, or no client.');
    }
    const source = { grantId, clientId, accountId };
    await issued.note({ id: jti, expiresAt: new Date(exp * 1000) }, source);
  };
}
