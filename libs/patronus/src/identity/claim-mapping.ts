import type { Claims, IdentityFields } from './identity.js';
import { isJsonObject, type JsonObject, member } from './json-object.js';
import type { MappedFields } from './mapped-fields.js';
import { namesAmong } from './names.js';
import { subjectOf } from './subject.js';

/** A claim of the wrong type counts as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; other entries count as absent. A single text is a list of one. */
export function textsOf(value: unknown): readonly string[] {
  return entriesOf(value)
    .filter((entry) => typeof entry === 'string')
    .filter((entry) => entry !== '');
}

/** Names without blanks, such as scopes: a list, or one text that separates them with blanks. */
export function wordsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : textsOf(value);
}

function entriesOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * The names that a claim grants, such as roles. Operators are told of entries that are not texts.
 *
 * @param holder the claims, or an object among them that holds the claim
 */
export function namesOf(
  holder: JsonObject,
  name: string,
  claims: Claims = holder,
): readonly string[] {
  const value = member(holder, name);
  if (typeof value === 'string') return textsOf(value);
  const issuer = textOf(member(claims, 'iss')) ?? 'an answer without iss';
  return textsOf(namesAmong(entriesOf(value), `${issuer}: the claim ${name}`));
}

/** {@link namesOf} for permissions, which hold no blanks: one text may name several. */
function permissionsOf(claims: Claims, name: string): readonly string[] {
  const value = member(claims, name);
  return typeof value === 'string' ? wordsOf(value) : namesOf(claims, name);
}

/** `scope` (RFC 9068, section 2.2.3); if it names none, the `scp` of other issuers. */
function scopesOf(claims: Claims): readonly string[] {
  const scopes = wordsOf(member(claims, 'scope'));
  return scopes.length > 0 ? scopes : wordsOf(member(claims, 'scp'));
}

/** The claims that mean the same with every vendor. Platform authority comes from here only. */
export function standardFields(claims: Claims): MappedFields {
  const emailVerified = member(claims, 'email_verified');
  const authenticatedAt = member(claims, 'auth_time');
  return {
    email: textOf(member(claims, 'email')),
    emailVerified: typeof emailVerified === 'boolean' ? emailVerified : undefined,
    name: textOf(member(claims, 'name')),
    roles: namesOf(claims, 'roles'),
    permissions: permissionsOf(claims, 'permissions'),
    platformRoles: namesOf(claims, 'platform_roles'),
    platformPermissions: permissionsOf(claims, 'platform_permissions'),
    scopes: scopesOf(claims),
    sessionId: textOf(member(claims, 'sid')),
    authenticatedAt: typeof authenticatedAt === 'number' ? authenticatedAt : undefined,
    authenticationMethods: wordsOf(member(claims, 'amr')),
    authenticationLevel: textOf(member(claims, 'acr')),
    isService: subjectOf(claims)?.isService ?? false,
  };
}

/** The fields that a credential states itself, and no mapping changes: `jti`, `iat` and `cnf`. */
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
