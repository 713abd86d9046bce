import type {
  AccessToken,
  ClientCredentials,
  JWTStructured,
  KoaContextWithOIDC,
  UnknownObject,
} from 'oidc-provider';
import { PLATFORM_ROLES } from '../../database/schema/index.js';
import type { IssuedTokens } from '../store/issued-tokens.js';

/** What access tokens of people carry beside the usual: RFC 9068, section 2.2, and `sid`. */
export function extraTokenClaims(
  { oidc }: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): UnknownObject | undefined {
  if (token.kind !== 'AccessToken') return undefined;
  const { AuthorizationCode, RefreshToken, DeviceCode } = oidc.entities;
  const source = AuthorizationCode ?? RefreshToken ?? DeviceCode;
  const role = roleOf(oidc.account?.['account']);
  return {
    sid: token.sessionUid,
    ...(source?.authTime !== undefined && { auth_time: source.authTime }),
    ...(source?.amr !== undefined && { amr: source.amr }),
    ...(role !== undefined && { platform_roles: [role] }),
  };
}

function roleOf(account: unknown): string | undefined {
  const isRow = typeof account === 'object' && account !== null && 'role' in account;
  return isRow ? PLATFORM_ROLES.find((role) => role === account.role) : undefined;
}

/** Notes each signed token that a grant gives, so that taking back the grant takes it back too. */
export function noteSignedTokens(issued: IssuedTokens) {
  return async (
    _ctx: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
    { payload }: JWTStructured,
  ): Promise<void> => {
    if (token.kind !== 'AccessToken' || token.grantId === undefined) return;
    const { jti, exp } = payload;
    if (typeof jti !== 'string' || typeof exp !== 'number') throw new Error('A token has no id.');
    await issued.note({ id: jti, expiresAt: new Date(exp * 1000) }, token.grantId);
  };
}
