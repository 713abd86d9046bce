import {
  type Credential,
  type GrantedAuthority,
  Identity,
  IdentityProvider,
  PermissionSource,
  type PermissionSubject,
  type TenantContext,
} from '@patronus/nestjs';

export const ISSUER = 'https://id.example';

export function person(id: string, tenantId?: string, more: object = {}): Identity {
  const expiresAt = Date.now() / 1000 + 60;
  return new Identity({ id, issuer: ISSUER, provider: 'table', tenantId, expiresAt, ...more });
}

/** Provider of tokens `<user>.<tenant>`. Their roles do not count, because the roster is used. */
export class Table extends IdentityProvider {
  override readonly name = 'table';
  override async authenticate({ token }: Credential): Promise<Identity> {
    const [id = '', tenant] = token.split('.');
    return person(id, tenant, { roles: ['doctor'], scopes: ['notes'] });
  }
}

const ROSTER = new Map<string, GrantedAuthority>([
  ['ana', { roles: ['doctor'] }],
  ['root', { platformRoles: ['STAFF'], platformPermissions: ['tenants.cross'] }],
  ['both', { roles: ['doctor'], platformRoles: ['STAFF'], platformPermissions: ['tenants.cross'] }],
]);

/**
 * Returns the same grants in every tenant, and fails if `TenantContext` and the subject disagree.
 */
export class Roster extends PermissionSource {
  /** Tenants that it was called for. */
  readonly asked: (string | undefined)[] = [];
  failure: Error | undefined;
  tenant: TenantContext | undefined;

  override async grantsOf({ identity, tenantId }: PermissionSubject): Promise<GrantedAuthority> {
    this.asked.push(tenantId);
    if (this.failure !== undefined) throw this.failure;
    const here = this.tenant?.idOrNull ?? undefined;
    if (here !== tenantId) throw new Error(`asked about ${tenantId} inside of ${here}`);
    return ROSTER.get(identity.id) ?? {};
  }
}
