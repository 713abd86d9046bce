import type { PatronusModuleOptions, PatronusOptions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { MembersModule } from '../members/members.module.js';
import { StaffMemberships } from '../members/staff.memberships.js';
import { StaffPermissionSource } from '../members/staff.permission-source.js';
import type { TrustedIssuer } from '../settings/trusted-issuer.js';
import { CLINIC_ROLES } from './clinic-roles.js';

const TENANT_HEADER = 'x-empresa-id';

/** Configures the guards if the token has the tenant and the roles of a person. */
export function accessByToken({ issuer, audience }: TrustedIssuer): PatronusOptions {
  return {
    identityProvider: oidc({ issuer, audience }),
    tenancy: { claim: 'empresa_id', header: TENANT_HEADER },
    permissions: CLINIC_ROLES,
  };
}

/** Configures the guards if the issuer identifies people, and the clinic stores its members. */
export function accessByTable({ issuer, audience }: TrustedIssuer): PatronusModuleOptions {
  return {
    imports: [MembersModule],
    identityProvider: oidc({ issuer, audience }),
    tenancy: { header: TENANT_HEADER, memberships: { useExisting: StaffMemberships } },
    permissions: { ...CLINIC_ROLES, source: { useExisting: StaffPermissionSource } },
  };
}
