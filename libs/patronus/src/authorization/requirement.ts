import type { CredentialRequirement } from './credential-requirement.js';
import type { Grants } from './grants.js';
import type { RequiredPermission } from './permission-matcher.js';
import type { PolicyRequirement } from './policies/policy-requirement.js';

/** What the caller must be granted: roles or permissions. */
export type GrantRequirement =
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | {
      readonly kind: 'all-permissions' | 'any-permission' | 'platform-permissions';
      readonly permissions: readonly RequiredPermission[];
    };

/** What one `@Require…` decorator, or one policy of `@Authorize()`, asks for. */
export type Requirement = CredentialRequirement | GrantRequirement | PolicyRequirement;

/** Whether `grants` meet a requirement. */
export function isMet(requirement: GrantRequirement, { tenant, platform }: Grants): boolean {
  if (requirement.kind === 'roles') return requirement.roles.every((role) => tenant.hasRole(role));
  const { kind, permissions } = requirement;
  if (kind === 'any-permission') return permissions.some((permission) => tenant.has(permission));
  const authority = kind === 'platform-permissions' ? platform : tenant;
  return permissions.every((permission) => authority.has(permission));
}
