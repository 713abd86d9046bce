import type { Claims, IdentityFields } from './identity.js';
import { isJsonObject, type JsonObject, member } from './json-object.js';
import type { MappedFields } from './mapped-fields.js';
import { namesAmong } from './names.js';
import { subjectOf } from './subject.js';

/** Reads a text. A claim of the wrong type counts as absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads the texts of a list. Other entries count as absent. A single text is a list of one. */
export function textsOf(value: unknown): readonly string[] {
  return entriesOf(value)
    .filter((entry) => typeof entry === 'string')
    .filter((entry) => entry !== '');
}

/**
 * Reads names without blanks, such as scopes: a list, or one text that separates them with blanks.
 */
export function wordsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : textsOf(value);
}

function entriesOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * Reads the names that a claim grants, such as roles. Logs a warning for entries that are not
 * texts.
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

/** Like {@link namesOf} for permissions, which hold no blanks: one text may name several. */
function permissionsOf(claims: Claims, name: string): readonly string[] {
  const value = member(claims, name);
  return typeof value === 'string' ? wordsOf(value) : namesOf(claims, name);
}

/** Reads `scope` (RFC 9068, section 2.2.3), or `scp`, which other issuers use, if it names none. */
function scopesOf(claims: Claims): readonly string[] {
  const scopes = wordsOf(member(claims, 'scope'));
  return scopes.length > 0 ? scopes : wordsOf(member(claims, 'scp'));
}

/**
 * Reads the claims that have the same meaning for every vendor. Platform authority comes from here
 * only.
 */
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

/**
 * Reads the fields that a credential states itself, and that no mapping changes: `jti`, `iat` and
 * `cnf`.
 */
export function credentialFields(
  claims: Claims,
): Pick<IdentityFields, 'tokenId' | 'issuedAt' | 'confirmation'> {
  const issuedAt = member(claims, 'iat');
  const confirmation = member(claims, 'cnf');
  return {
    tokenId: textOf(member(claims, 'jti')),
    issuedAt: typeof issuedAt === 'number' ? issuedAt : undefined,
    // A binding that cannot be read is still a binding, which no proof satisfies.
    confirmation: confirmation === undefined || isJsonObject(confirmation) ? confirmation : {},
  };
}
