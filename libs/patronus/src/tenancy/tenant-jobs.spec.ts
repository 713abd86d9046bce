import { describe, expect, it } from '@jest/globals';
import { createCache } from 'cache-manager';
import { GrantsResolver } from '../authorization/grants/grants-resolver.js';
import { PermissionCache } from '../authorization/grants/permission-cache.js';
import { PermissionPolicy } from '../authorization/grants/permission-policy.js';
import { AuthEvents } from '../observability/auth-events.js';
import { TenantContext } from './tenant-context.js';
import { TenantCrossing } from './tenant-crossing.js';
import { TenantJobs } from './tenant-jobs.js';
import { TenantPolicy } from './tenant-policy.js';

const permissions = new PermissionPolicy({});
const source = permissions.source();
const cache = new PermissionCache(createCache(), permissions, source);
const policy = new TenantPolicy({});
const crossing = new TenantCrossing(
  policy,
  new GrantsResolver(source, permissions, cache),
  new AuthEvents(),
);
const tenant = new TenantContext(policy, crossing);
const jobs = new TenantJobs(tenant);

const here = () => tenant.id;
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('TenantJobs', () => {
  it('packs the tenant of the moment beside the data, and runs in it', () => {
    const data = { patient: 7 };
    const packed = tenant.run('norte', () => jobs.pack(data));
    expect(packed).toEqual({ patient: 7, patronusTenant: 'norte' });
    expect(data).toEqual({ patient: 7 });
    expect(jobs.run(packed, ({ patient }) => [patient, tenant.id])).toEqual([7, 'norte']);
    expect(tenant.idOrNull).toBeNull();
  });

  it('does not let the data name the tenant', () => {
    const forged = { patient: 7, patronusTenant: 'sur' };
    expect(tenant.run('norte', () => jobs.pack(forged)).patronusTenant).toBe('norte');
  });

  it('packs nothing where there is no tenant', () => {
    expect(() => jobs.pack({ patronusTenant: 'sur' })).toThrow(code('tenant_required'));
  });

  it.each([
    [{}],
    [{ patronusTenant: '' }],
    [{ patronusTenant: 'a b' }],
    [{ patronusTenant: 7 }],
    [{ patronusTenant: ['norte'] }],
    [{ tenant: 'norte' }],
    [Object.create({ patronusTenant: 'norte' })],
  ])('runs nothing for %p', (data) => {
    let ran = false;
    const work = () => (ran = true);
    expect(() => Reflect.apply(jobs.run, jobs, [data, work])).toThrow(
      expect.objectContaining({
        code: 'tenant_required',
        reason: expect.stringContaining('TenantJobs.pack'),
      }),
    );
    expect(ran).toBe(false);
  });

  it('runs nothing inside of another tenant', () => {
    const packed = tenant.run('norte', () => jobs.pack({}));
    expect(tenant.run('norte', () => jobs.run(packed, here))).toBe('norte');
    expect(() => tenant.run('sur', () => jobs.run(packed, here))).toThrow(code('tenant_mismatch'));
  });
});
