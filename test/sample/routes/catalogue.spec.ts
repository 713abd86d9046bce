import { describe, expect, it } from '@jest/globals';
import {
  type PatronusModuleOptions,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireRoles,
} from '@patronus/nestjs';

type Roles = NonNullable<NonNullable<PatronusModuleOptions['permissions']>['roles']>;

describe('the catalogue of the clinic', () => {
  it('makes undeclared names fail to compile', () => {
    // @ts-expect-error -- a misspelt permission
    RequirePermissions('patient.read');
    // @ts-expect-error -- a permission of the platform is none of a tenant
    RequirePermissions('audit.read');
    // @ts-expect-error -- a permission of a tenant is none of the platform
    RequirePlatformPermissions('patients.read');
    // @ts-expect-error -- a misspelt role
    RequireRoles('tenant-admni');
    // @ts-expect-error -- a pattern above nothing that is declared
    const roles: Roles = { receptionist: ['invoices.*'] };
    expect(roles).toBeDefined();
  });

  it('lets declared names compile', () => {
    RequirePermissions('patients.read', 'staff.remove');
    RequirePlatformPermissions('audit.read');
    RequireRoles('tenant-admin');
    const roles: Roles = { doctor: { inherits: ['receptionist'], permissions: ['patients.*'] } };
    expect(roles.doctor).toBeDefined();
  });
});
