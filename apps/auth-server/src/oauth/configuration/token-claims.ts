import type {
  AccessToken,
  ClientCredentials,
  JWTStructured,
  KoaContextWithOIDC,
  UnknownObject,
} from 'oidc-provider';
import { PLATFORM_ROLES } from '../../database/schema/index.js';
import type { IssuedTokens } from '../store/issued-tokens.js';
import { SKIP_CONSENT } from './load-grant.js';

/** What resource servers are told of a person, by the scope that opens it. */
const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  email: ['email', 'email_verified'],
  profile: ['name'],
};

/** What access tokens of people carry beside the usual: RFC 9068, section 2.2, and `sid`. */
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

/** For the operator's own applications: to all others it is nobody's business who administers. */
function roleIn({ oidc: { client, account } }: KoaContextWithOIDC): UnknownObject {
  const row = account?.['account'];
  if (client?.[SKIP_CONSENT] !== true) return {};
  if (typeof row !== 'object' || row === null || !('role' in row)) return {};
  const role = PLATFORM_ROLES.find((known) => known === row.role);
  return role === undefined ? {} : { platform_roles: [role] };
}

/** RFC 9068, section 2.2.2: what the person allowed, and this authorization asked for. */
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

/** Notes each signed token that a grant gives, so that taking back the grant takes it back too. */
export function noteSignedTokens(issued: IssuedTokens) {
  return async (
    _ctx: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
    { payload }: JWTStructured,
  ): Promise<void> => {
    if (token.kind !== 'AccessToken' || token.grantId === undefined) return;
    const { grantId, clientId } = token;
    const { jti, exp } = payload;
    if (typeof jti !== 'string' || typeof exp !== 'number' || clientId === undefined) {
      throw new Error('A token has no id, or no client.');
    }
    await issued.note({ id: jti, expiresAt: new Date(exp * 1000) }, { grantId, clientId });
  };
}
