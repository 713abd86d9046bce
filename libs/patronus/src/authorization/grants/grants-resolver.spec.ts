import { describe, expect, it, jest } from '@jest/globals';
import { createCache } from 'cache-manager';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { ClaimsPermissionSource } from './claims-permission-source.js';
import type { GrantedAuthority } from './granted-authority.js';
import type { Grants } from './grants.js';
import { GrantsResolver } from './grants-resolver.js';
import { PermissionCache } from './permission-cache.js';
import { compilePermission } from './permission-matcher.js';
import { PermissionPolicy } from './permission-policy.js';
import type { PermissionSubject } from './permission-source.js';
import type { PermissionOptions } from './permission.options.js';

function resolverOf(options: PermissionOptions = {}) {
  const policy = new PermissionPolicy(options);
  const compile = jest.spyOn(policy, 'compile');
  const source = policy.source();
  const cache = new PermissionCache(createCache(), policy, source);
  return { compile, resolver: new GrantsResolver(source, policy, cache) };
}

function subject(fields: Partial<IdentityFields> = {}, tenantId?: string): PermissionSubject {
  const known = { id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9 };
  return { identity: new Identity({ ...known, ...fields }), tenantId };
}

function canRead(grants: Grants | Promise<Grants>): boolean {
  if (grants instanceof Promise) throw new Error('the answer is not there at once');
  return grants.tenant.has(compilePermission('read'));
}

describe('GrantsResolver', () => {
  it('compiles the claims of an identity once, and of each identity', () => {
    const { compile, resolver } = resolverOf();
    const ana = subject({ permissions: ['read'] });
    for (const tenantId of [undefined, 't1', 't2']) {
      expect(canRead(resolver.grantsOf({ ...ana, tenantId }))).toBe(true);
    }
    expect(compile).toHaveBeenCalledTimes(1);
    expect(canRead(resolver.grantsOf(subject()))).toBe(false);
  });

  it('believes the source, not the claims', async () => {
    const { resolver } = resolverOf({ source: () => ({}) });
    const ana = subject({ permissions: ['read'] });
    expect(canRead(await resolver.grantsOf(ana))).toBe(false);
    expect(canRead(resolver.grantsOf(ana))).toBe(false);
  });

  it('limits one shared answer by the scopes of each token, cold and warm', async () => {
    const source = jest.fn((): GrantedAuthority => ({ permissions: ['*'] }));
    const { resolver } = resolverOf({ source, scopes: { all: ['*'] } });
    expect(canRead(await resolver.grantsOf(subject()))).toBe(false);
    expect(canRead(resolver.grantsOf(subject({ scopes: ['all'] })))).toBe(true);
    expect(canRead(resolver.grantsOf(subject()))).toBe(false);
    expect(source).toHaveBeenCalledTimes(1);
  });

  it('asks a source that extends the claims source for each tenant', async () => {
    class ByTenant extends ClaimsPermissionSource {
      override grantsOf({ tenantId }: PermissionSubject): GrantedAuthority {
        return { permissions: tenantId === 't1' ? ['read'] : [] };
      }
    }
    const { resolver } = resolverOf({ source: new ByTenant() });
    const ana = subject();
    expect(canRead(await resolver.grantsOf({ ...ana, tenantId: 't1' }))).toBe(true);
    expect(canRead(await resolver.grantsOf({ ...ana, tenantId: 't2' }))).toBe(false);
    expect(canRead(resolver.grantsOf({ ...ana, tenantId: 't1' }))).toBe(true);
  });
});
