import type { PermissionOptions } from '@patronus/nestjs';

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
