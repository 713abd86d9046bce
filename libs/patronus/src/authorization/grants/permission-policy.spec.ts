import { describe, expect, it } from '@jest/globals';
import { Identity } from '../../identity/identity.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { GrantedAuthority } from './granted-authority.js';
import type { Grants } from './grants.js';
import { compilePermission } from './permission-matcher.js';
import { PermissionPolicy } from './permission-policy.js';
import type { PermissionOptions } from './permission.options.js';

const policy = new PermissionPolicy({
  roles: { receptionist: ['patients.read'], doctor: { inherits: ['receptionist'] } },
  platformRoles: { operator: ['tenants.*'] },
});

function can(grants: Grants, permission: string): { tenant: boolean; platform: boolean } {
  const required = compilePermission(permission);
  return { tenant: grants.tenant.has(required), platform: grants.platform.has(required) };
}

describe('grants', () => {
  it('never lets one authority imply the other', () => {
    const inTenant = policy.compile({ permissions: ['*'], roles: ['operator'] });
    expect(can(inTenant, 'tenants.read')).toEqual({ tenant: true, platform: false });
    const onPlatform = policy.compile({ platformPermissions: ['*'], platformRoles: ['doctor'] });
    expect(can(onPlatform, 'patients.read')).toEqual({ tenant: false, platform: true });
    expect(onPlatform.tenant.hasRole('doctor')).toBe(false);
    const apart = policy.compile({ platformRoles: ['doctor', 'operator'], roles: ['operator'] });
    expect(can(apart, 'tenants.read')).toEqual({ tenant: false, platform: true });
    expect(can(apart, 'patients.read')).toEqual({ tenant: false, platform: false });
  });

  it('adds direct permissions to those of roles', () => {
    const grants = policy.compile({ roles: ['doctor'], permissions: ['notes.write'] });
    expect(can(grants, 'patients.read').tenant).toBe(true);
    expect(can(grants, 'notes.write').tenant).toBe(true);
    expect(can(grants, 'notes.read').tenant).toBe(false);
  });

  it('holds unknown roles by name, and inherited ones; unknown roles grant nothing', () => {
    const { tenant } = policy.compile({ roles: ['doctor', 'janitor', '*', '__proto__'] });
    expect(['doctor', 'receptionist', 'janitor'].map((role) => tenant.hasRole(role))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['operator', 'constructor', 'doc'].some((role) => tenant.hasRole(role))).toBe(false);
    expect(tenant.has(compilePermission('patients.write'))).toBe(false);
  });

  it('shares the patterns of a role among all who hold it', () => {
    const names = Array.from({ length: 1000 }, (_, at) => `p.${at}`);
    const big = new PermissionPolicy({ roles: { big: names } });
    const [one, other] = [big.compile({ roles: ['big'] }), big.compile({ roles: ['big'] })];
    expect(JSON.stringify([...one.tenant.permissions])).toBe('[]');
    expect(one.tenant).not.toBe(other.tenant);
    expect(can(one, 'p.999').tenant && can(other, 'p.0').tenant).toBe(true);
  });

  it('takes names of Object.prototype as any other name', () => {
    const grants = policy.compile({ permissions: ['__proto__', 'constructor'] });
    expect(can(grants, '__proto__').tenant).toBe(true);
    expect(can(grants, 'toString').tenant).toBe(false);
    expect(can(policy.compile({}), 'constructor')).toEqual({ tenant: false, platform: false });
  });
});

describe('scopes', () => {
  const scoped = new PermissionPolicy({
    roles: { doctor: ['patients.*', 'notes.*'] },
    scopes: { 'patients:read': ['patients.read'], admin: ['tenants.*'], all: ['*'] },
  });
  const granted: GrantedAuthority = { roles: ['doctor'], platformPermissions: ['tenants.read'] };
  const limited = (scopes: readonly string[]): Grants =>
    scoped.limit(scoped.compile(granted), scopes);

  it('let through what a scope covers, of what was granted', () => {
    expect(can(limited(['patients:read']), 'patients.read').tenant).toBe(true);
    expect(can(limited(['patients:read']), 'patients.write').tenant).toBe(false);
    expect(can(limited(['patients:read', 'all']), 'patients.write').tenant).toBe(true);
  });

  it('limit the platform authority as well', () => {
    expect(can(limited(['patients:read']), 'tenants.read').platform).toBe(false);
    expect(can(limited(['admin']), 'tenants.read').platform).toBe(true);
  });

  it('never widen', () => {
    expect(can(limited(['all', 'admin']), 'billing.read')).toEqual({
      tenant: false,
      platform: false,
    });
    expect(can(limited(['all', 'admin']), 'tenants.write').platform).toBe(false);
  });

  it.each([[[]], [['unknown']], [['*']], [['__proto__']], [['constructor']]])(
    'let nothing through for %j',
    (scopes) => {
      expect(can(limited(scopes), 'patients.read').tenant).toBe(false);
      expect(can(limited(scopes), 'tenants.read').platform).toBe(false);
    },
  );

  it('limit nothing where the options name none', () => {
    const grants = policy.compile({ permissions: ['a'] });
    expect(policy.limit(grants, [])).toBe(grants);
    const none = new PermissionPolicy({ scopes: {} });
    expect(can(none.limit(grants, ['a']), 'a').tenant).toBe(false);
  });

  it('give one token the same bound each time, and another token its own', () => {
    const scopes = ['patients:read'];
    expect(can(limited(scopes), 'patients.read').tenant).toBe(true);
    expect(can(limited(scopes), 'notes.read').tenant).toBe(false);
    expect(can(limited(['all']), 'notes.read').tenant).toBe(true);
  });
});

describe('ClaimsPermissionSource', () => {
  const identity = new Identity({
    id: 'ana',
    issuer: 'https://issuer',
    provider: 'test',
    expiresAt: 1,
    roles: ['doctor'],
    permissions: ['*', 'patients.*', 'notes.read'],
    platformRoles: ['operator'],
    platformPermissions: ['*', 'a.*', 'audit.read'],
  });

  it('drops wildcards unless the application trusts the issuer with them', () => {
    const subject = { identity, tenantId: undefined };
    expect(new ClaimsPermissionSource().grantsOf(subject)).toEqual({
      roles: ['doctor'],
      permissions: ['notes.read'],
      platformRoles: ['operator'],
      platformPermissions: ['audit.read'],
    });
    const trusting = new PermissionPolicy({ wildcardsInClaims: true }).source();
    expect(trusting.grantsOf(subject)).toMatchObject({
      permissions: ['*', 'patients.*', 'notes.read'],
      platformPermissions: ['*', 'a.*', 'audit.read'],
    });
    expect(new PermissionPolicy().source().grantsOf(subject)).toMatchObject({
      permissions: ['notes.read'],
    });
  });
});

describe('PermissionPolicy', () => {
  it('has defaults', () => {
    expect(new PermissionPolicy()).toMatchObject({
      ttlMs: 30_000,
      maxEntries: 10_000,
      timeoutMs: 5000,
    });
    expect(new PermissionPolicy().source()).toBeInstanceOf(ClaimsPermissionSource);
  });

  it('takes a source, or a function in its place', () => {
    const source = new ClaimsPermissionSource();
    expect(new PermissionPolicy({ source }).source()).toBe(source);
    const answer = { roles: ['doctor'] };
    const wrapped = new PermissionPolicy({ source: () => answer }).source();
    const identity = new Identity({ id: 'a', issuer: 'i', provider: 'p', expiresAt: 1 });
    expect(wrapped.grantsOf({ identity, tenantId: 't' })).toBe(answer);
  });

  it.each<[string, unknown]>([
    ['permissions.role', { role: {} }],
    ['permissions.roles.doctor[0]', { roles: { doctor: ['a.*.b'] } }],
    ['permissions.platformRoles.operator[0]', { platformRoles: { operator: [''] } }],
    ['permissions.scopes.read[0]', { scopes: { read: ['**'] } }],
    ['permissions.scopes.read', { scopes: { read: '*' } }],
    ['permissions.scopes', { scopes: [] }],
    ['permissions.cache.ttl', { cache: { ttl: 0 } }],
    ['permissions.cache.ttl', { cache: { ttl: -1 } }],
    ['permissions.cache.ttl', { cache: { ttl: Infinity } }],
    ['permissions.cache.max', { cache: { max: 1.5 } }],
    ['permissions.cache.maximum', { cache: { maximum: 5 } }],
    ['permissions.timeout', { timeout: 0 }],
    ['permissions.wildcardsInClaims', { wildcardsInClaims: 'false' }],
  ])('refuses a mistake in %s', (path, options) => {
    const make = (): unknown => Reflect.construct(PermissionPolicy, [options]);
    expect(make).toThrow(expect.objectContaining({ name: 'PatronusConfigurationError', path }));
  });

  it('refuses what is no source', () => {
    const odd: PermissionOptions[] = [JSON.parse('{"source": {"grantsOf": 1}}')];
    odd.push(Object.assign({}, { source: ClaimsPermissionSource }) as never);
    for (const options of odd) {
      expect(() => new PermissionPolicy(options).source()).toThrow(
        expect.objectContaining({ path: 'permissions.source' }),
      );
    }
  });
});
