import type { PatronusOptions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import type { TrustedIssuer } from '../settings/clinic-settings.js';

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

/** Whom the clinic believes, how it tells its tenants apart, and what each role may do. */
export function clinicAccess({ issuer, audience }: TrustedIssuer): PatronusOptions {
  return {
    identityProvider: oidc({ issuer, audience }),
    tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
    permissions: {
      roles: {
        receptionist: ['patients.read', 'appointments.*'],
        doctor: { inherits: ['receptionist'], permissions: ['patients.*'] },
        'tenant-admin': { inherits: ['doctor'], permissions: ['staff.*'] },
      },
      platformRoles: {
        auditor: ['audit.read', 'tenants.cross'],
      },
    },
  };
}
