import type { PatronusModuleOptions, PatronusOptions, PermissionOptions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import {
  MembersModule,
  StaffMemberships,
  StaffPermissionSource,
} from '../members/members.module.js';
import type { TrustedIssuer } from '../settings/sign-in-settings.js';

declare module '@patronus/nestjs' {
  interface Catalogue {
    permissions:
      | 'patients.read'
      | 'patients.write'
      | 'appointments.read'
      | 'appointments.cancel'
      | 'staff.read'
      | 'staff.remove';
    platformPermissions: 'audit.read' | 'tenants.cross';
    roles: 'receptionist' | 'doctor' | 'tenant-admin';
    platformRoles: 'auditor';
  }
}

/** The permissions of each role. */
export const CLINIC_ROLES: Pick<PermissionOptions, 'roles' | 'platformRoles'> = {
  roles: {
    receptionist: ['patients.read', 'appointments.*'],
    doctor: { inherits: ['receptionist'], permissions: ['patients.*'] },
    'tenant-admin': { inherits: ['doctor'], permissions: ['staff.*'] },
  },
  platformRoles: {
    auditor: ['audit.read', 'tenants.cross'],
  },
};

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
