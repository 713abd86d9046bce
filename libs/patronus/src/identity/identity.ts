import { deepFreeze } from './deep-freeze.js';
import { namesAmong } from './names.js';

const NO_NAMES: readonly string[] = Object.freeze([]);

/** Claims as the provider sent them. */
export type Claims = Readonly<Record<string, unknown>>;

/** Fields that an identity provider sets for a caller. Only the first three are always present. */
export interface IdentityFields {
  /** Subject, unique within its issuer. */
  readonly id: string;
  /** Issuer of the subject: the `iss` of a token, or the URL of a remote provider. */
  readonly issuer: string;
  /** Name of the {@link IdentityProvider} that made this identity. */
  readonly provider: string;
  readonly email?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly name?: string | undefined;
  /** Tenant that the provider itself named, before the application's `tenancy` options. */
  readonly tenantId?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly platformRoles?: readonly string[] | undefined;
  readonly platformPermissions?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly sessionId?: string | undefined;
  /** Id of the token itself (`jti`). */
  readonly tokenId?: string | undefined;
  /** Time at which the credential was issued (`iat`), in seconds since the epoch. */
  readonly issuedAt?: number | undefined;
  /** Time at which the person last authenticated (`auth_time`), in seconds since the epoch. */
  readonly authenticatedAt?: number | undefined;
  /** Authentication methods (`amr`, RFC 8176). */
  readonly authenticationMethods?: readonly string[] | undefined;
  /** Authentication context class (`acr`, OpenID Connect Core 1.0, section 2). */
  readonly authenticationLevel?: string | undefined;
  /**
   * Key that the credential is bound to (`cnf`, RFC 7800). The credential is valid only with a
   * proof of it.
   */
  readonly confirmation?: Claims | undefined;
  /** True if a program calls with its own account, rather than a person. */
  readonly isService?: boolean | undefined;
  /** Time at which the credential expires (`exp`), in seconds since the epoch. */
  readonly expiresAt: number;
  /** Claims as the provider sent them. The JSON among them is frozen with the identity. */
  readonly claims?: Claims | undefined;
}

/**
 * Caller of a request: the same fields for every identity provider, and immutable. The
 * application's own record of a caller comes from an {@link AccountSource}, as `account`.
 *
 * A class, so that `@CurrentUser() user: Identity` needs no `import type`.
 *
 * @typeParam Account - the type that the application's {@link AccountSource} returns
 */
export class Identity<Account = unknown> {
  readonly id: string;
  readonly issuer: string;
  readonly provider: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean | undefined;
  readonly name: string | undefined;
  readonly tenantId: string | undefined;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly platformRoles: readonly string[];
  readonly platformPermissions: readonly string[];
  readonly scopes: readonly string[];
  readonly sessionId: string | undefined;
  readonly tokenId: string | undefined;
  readonly issuedAt: number | undefined;
  readonly authenticatedAt: number | undefined;
  readonly authenticationMethods: readonly string[];
  readonly authenticationLevel: string | undefined;
  readonly confirmation: Claims | undefined;
  readonly isService: boolean;
  readonly expiresAt: number;
  readonly claims: Claims;
  /**
   * Result of the application's {@link AccountSource}, unchanged: not copied, and not frozen.
   * Undefined if the application has none. It is not enumerable, so that an answer or a log line
   * that holds an identity does not hold the account.
   */
  declare readonly account: Account;

  constructor(fields: IdentityFields) {
    this.id = fields.id;
    this.issuer = fields.issuer;
    this.provider = fields.provider;
    this.email = fields.email;
    this.emailVerified = fields.emailVerified;
    this.name = fields.name;
    this.tenantId = fields.tenantId;
    this.roles = copyOf(fields, 'roles');
    this.permissions = copyOf(fields, 'permissions');
    this.platformRoles = copyOf(fields, 'platformRoles');
    this.platformPermissions = copyOf(fields, 'platformPermissions');
    this.scopes = copyOf(fields, 'scopes');
    this.sessionId = fields.sessionId;
    this.tokenId = fields.tokenId;
    this.issuedAt = fields.issuedAt;
    this.authenticatedAt = fields.authenticatedAt;
    this.authenticationMethods = copyOf(fields, 'authenticationMethods');
    this.authenticationLevel = fields.authenticationLevel;
    this.confirmation = fields.confirmation;
    this.isService = fields.isService ?? false;
    this.expiresAt = fields.expiresAt;
    this.claims = fields.claims ?? {};
    deepFreeze(this);
  }
}

type NamesField =
  | 'roles'
  | 'permissions'
  | 'platformRoles'
  | 'platformPermissions'
  | 'scopes'
  | 'authenticationMethods';

/** Copies `identity` with the application's account of the caller. */
export function withAccount(identity: Identity, account: unknown): Identity {
  const copy: unknown = Object.create(Reflect.getPrototypeOf(identity), {
    ...Object.getOwnPropertyDescriptors(identity),
    account: { value: account },
  });
  if (copy instanceof Identity) return Object.freeze(copy);
  throw new TypeError('Something other than an Identity was made the caller.');
}

/**
 * Copies a list. Empty lists share one: an identity has six, and a cache holds thousands of
 * identities.
 */
function copyOf(fields: IdentityFields, field: NamesField): readonly string[] {
  const names = fields[field] ?? NO_NAMES;
  // The text 'ab' would spread into the names 'a' and 'b'.
  if (typeof names === 'string') throw new TypeError('Roles, permissions and scopes are lists.');
  if (names.length === 0) return NO_NAMES;
  return [...namesAmong(names, `${fields.provider}: ${field} of ${fields.issuer}`)];
}
