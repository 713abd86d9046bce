import type { Claims, IdentityFields } from './identity.js';
import { isJsonObject, member } from './json-object.js';
import type { MappedFields } from './mapped-fields.js';

/** A claim of the wrong type counts as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; whatever else stands in it counts as absent. */
export function textsOf(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item) => typeof item === 'string').filter((item) => item !== '');
}

/** `scope` (RFC 9068, section 2.2.3), or the `scp` of other issuers: a list, or text with blanks. */
function scopesOf(claims: Claims): readonly string[] {
  const scope = member(claims, 'scope') ?? member(claims, 'scp');
  return typeof scope === 'string'
    ? scope.split(' ').filter((item) => item !== '')
    : textsOf(scope);
}

/** The claims that mean the same with every vendor. Platform authority comes from here only. */
export function standardFields(claims: Claims): MappedFields {
  const emailVerified = member(claims, 'email_verified');
  const authenticatedAt = member(claims, 'auth_time');
  return {
    email: textOf(member(claims, 'email')),
    emailVerified: typeof emailVerified === 'boolean' ? emailVerified : undefined,
    name: textOf(member(claims, 'name')),
    roles: textsOf(member(claims, 'roles')),
    permissions: textsOf(member(claims, 'permissions')),
    platformRoles: textsOf(member(claims, 'platform_roles')),
    platformPermissions: textsOf(member(claims, 'platform_permissions')),
    scopes: scopesOf(claims),
    sessionId: textOf(member(claims, 'sid')),
    authenticatedAt: typeof authenticatedAt === 'number' ? authenticatedAt : undefined,
    authenticationMethods: textsOf(member(claims, 'amr')),
    authenticationLevel: textOf(member(claims, 'acr')),
    isService: isOfClient(claims),
  };
}

/** RFC 9068, section 2.2: where no person is involved, `sub` is the client. */
function isOfClient(claims: Claims): boolean {
  const client = textOf(member(claims, 'client_id'));
  return client !== undefined && client === member(claims, 'sub');
}

/** What a credential says of itself, and no mapping changes: `jti`, `iat` and `cnf`. */
export function credentialFields(
  claims: Claims,
): Pick<IdentityFields, 'tokenId' | 'issuedAt' | 'confirmation'> {
  const issuedAt = member(claims, 'iat');
  const confirmation = member(claims, 'cnf');
  return {
    tokenId: textOf(member(claims, 'jti')),
    issuedAt: typeof issuedAt === 'number' ? issuedAt : undefined,
    // A binding that cannot be read is still a binding: it is proven by nothing.
    confirmation: confirmation === undefined || isJsonObject(confirmation) ? confirmation : {},
  };
}
