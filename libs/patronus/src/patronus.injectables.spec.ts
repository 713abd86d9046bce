import { describe, expect, it } from '@jest/globals';
import { AccountSource } from './accounts/account-source.js';
import { ClaimsPermissionSource } from './authorization/grants/claims-permission-source.js';
import type { Identity } from './identity/identity.js';
import { IdentityProvider } from './identity/identity-provider.js';
import { splitOptions } from './patronus.injectables.js';
import type { PatronusModuleOptions } from './patronus.options.js';
import { InMemoryRevocations } from './revocation/in-memory.revocations.js';
import { Memberships } from './tenancy/memberships.js';
import { TenantDirectory } from './tenancy/tenant-directory.js';

class Provider extends IdentityProvider {
  readonly name = 'provider';
  override authenticate(): Promise<Identity> {
    return Promise.reject(new Error('nobody'));
  }
}
class Staff extends Memberships {
  override tenantsOf() {
    return [];
  }
}
class Accounts extends AccountSource {
  override accountOf() {
    return true;
  }
}
class Clinics extends TenantDirectory {
  override find() {
    return undefined;
  }
}

describe('the options of the module', () => {
  it('are used as they are where they hold what is made already', () => {
    const parts = {
      identityProvider: new Provider(),
      accounts: new Accounts(),
      revocations: new InMemoryRevocations(),
      permissions: { roles: { doctor: ['patients.*'] }, source: new ClaimsPermissionSource() },
      tenancy: { header: 'x', memberships: new Staff(), directory: new Clinics() },
    };
    const { plain, injectables } = splitOptions({ ...parts, guards: 'manual', imports: [] });
    expect(plain).toEqual(parts);
    expect(Object.values(injectables).filter((part) => part !== undefined)).toEqual([]);
  });

  it.each([
    ['useClass', { useClass: Staff }],
    ['useExisting', { useExisting: Staff }],
    ['useFactory', { useFactory: () => new Staff() }],
  ])('leave to Nest what %s says', (_form, memberships) => {
    const { plain, injectables } = splitOptions({
      identityProvider: new Provider(),
      tenancy: { header: 'x', memberships },
    });
    expect(injectables.memberships).toBe(memberships);
    expect(plain.tenancy).toEqual({ header: 'x' });
  });

  it('leave each part to Nest under its own name', () => {
    const made: PatronusModuleOptions = {
      identityProvider: { useClass: Provider },
      accounts: { useClass: Accounts },
      revocations: { useClass: InMemoryRevocations },
      permissions: { timeout: 1, source: { useClass: ClaimsPermissionSource } },
      tenancy: { memberships: { useClass: Staff }, directory: { useClass: Clinics } },
    };
    const { plain, injectables } = splitOptions(made);
    expect(injectables).toEqual({
      identityProvider: { useClass: Provider },
      accounts: { useClass: Accounts },
      revocations: { useClass: InMemoryRevocations },
      permissionSource: { useClass: ClaimsPermissionSource },
      memberships: { useClass: Staff },
      tenantDirectory: { useClass: Clinics },
    });
    expect(plain).toEqual({ permissions: { timeout: 1 }, tenancy: {} });
    expect(Object.hasOwn(plain, 'identityProvider')).toBe(false);
  });

  it('do not make an application with tenants of one without', () => {
    expect(splitOptions({ identityProvider: new Provider() }).plain.tenancy).toBeUndefined();
    const some = splitOptions({ identityProvider: new Provider(), tenancy: {} });
    expect(some.plain.tenancy).toEqual({});
  });

  it('keep a misspelt one, for the check at the start to find', () => {
    const tenancy = JSON.parse('{ "claims": "empresa_id" }');
    const { plain } = splitOptions({ identityProvider: new Provider(), tenancy });
    expect(plain.tenancy).toMatchObject({ claims: 'empresa_id' });
  });
});
