import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createCache } from 'cache-manager';
import { GrantsResolver } from '../authorization/grants/grants-resolver.js';
import { PermissionCache } from '../authorization/grants/permission-cache.js';
import { PermissionPolicy } from '../authorization/grants/permission-policy.js';
import type { PermissionOptions } from '../authorization/grants/permission.options.js';
import { Identity, type IdentityFields } from '../identity/identity.js';
import type { TenantCrossingEvent } from '../observability/auth-event.js';
import { AuthEvents } from '../observability/auth-events.js';
import { jobScope } from '../identity/job-scope.js';
import type { TenancyOptions } from './tenancy.options.js';
import { TenantCrossing } from './tenant-crossing.js';
import { TenantPolicy } from './tenant-policy.js';

function crossingOf(tenancy: TenancyOptions = {}, permissions: PermissionOptions = {}) {
  const policy = new PermissionPolicy(permissions);
  const source = policy.source();
  const grants = new GrantsResolver(
    source,
    policy,
    new PermissionCache(createCache(), policy, source),
  );
  const events = new AuthEvents();
  const told: TenantCrossingEvent[] = [];
  events.on('tenant_crossing', (event) => told.push(event));
  return { crossing: new TenantCrossing(new TenantPolicy(tenancy), grants, events), events, told };
}

function scopeOf(fields: Partial<IdentityFields>) {
  const known = { id: 'support', issuer: 'i', provider: 'p', expiresAt: 4e9 };
  return jobScope({ identity: new Identity({ ...known, ...fields }), tenantId: 'norte' });
}

const able = () => scopeOf({ platformPermissions: ['tenants.cross'] });
const logged = jest.fn<(line: string) => void>();

describe('crossing over to another tenant', () => {
  beforeEach(() => {
    logged.mockClear();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(logged);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
  });
  afterEach(() => void jest.restoreAllMocks());

  it('changes the tenant and nothing else of the scope, which itself stays', async () => {
    const { crossing } = crossingOf();
    const scope = able();
    const opened = await crossing.open({ reason: 'ticket 1', to: 'sur' }, scope);
    expect(opened).toEqual(scope.with({ tenantId: 'sur', crossing: 'ticket 1' }));
    expect(scope).toMatchObject({ tenantId: 'norte', crossing: undefined });
    expect(await crossing.open({ reason: 'ticket 1' }, scope)).toMatchObject({
      tenantId: undefined,
      crossing: 'ticket 1',
    });
  });

  it('is told and logged, with who, whence, whereto and why', async () => {
    const { crossing, told } = crossingOf();
    const scope = Object.assign(able(), { decisionId: 'd-1' });
    await crossing.open({ reason: 'a\nline', to: 'sur' }, scope);
    const facts = { decisionId: 'd-1', user: 'support', issuer: 'i', from: 'norte', to: 'sur' };
    const fact = { ...facts, reason: 'a\nline', allowed: true };
    expect(told).toEqual([{ type: 'tenant_crossing', at: expect.any(Number), ...fact }]);
    expect(logged.mock.calls).toEqual([[`tenant_crossing ${JSON.stringify(fact)}`]]);
    expect(logged.mock.calls[0]?.[0]).not.toContain('\n');
  });

  it.each<[string, Partial<IdentityFields>]>([
    ['nothing', {}],
    ['the permission inside the tenant', { permissions: ['tenants.cross'] }],
    ['everything inside the tenant', { roles: ['owner'] }],
    ['another platform permission', { platformPermissions: ['tenants.read', 'tenants.cross.x'] }],
    ['the name of the permission as a role', { platformRoles: ['tenants.cross'] }],
  ])('is refused to whom has %s, and told', async (_what, fields) => {
    const { crossing, told } = crossingOf({}, { roles: { owner: ['*'] } });
    await expect(
      crossing.open({ reason: 'ticket', to: 'sur' }, scopeOf(fields)),
    ).rejects.toMatchObject({ code: 'permission_denied' });
    expect(told).toEqual([expect.objectContaining({ allowed: false, to: 'sur' })]);
  });

  it('needs the permission that the options name', async () => {
    const { crossing } = crossingOf({ crossTenantPermission: 'support.enter' });
    const enter = scopeOf({ platformPermissions: ['support.enter'] });
    await expect(crossing.open({ reason: 'ticket' }, enter)).resolves.toBeDefined();
    await expect(crossing.open({ reason: 'ticket' }, able())).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  it.each(['', ' ', '\n\t', undefined, 7])('is refused for the reason %j', async (reason) => {
    const { crossing, told } = crossingOf();
    await expect(
      Reflect.apply(crossing.open, crossing, [{ reason, to: 'sur' }, able()]),
    ).rejects.toMatchObject({ code: 'permission_denied' });
    expect(told).toEqual([]);
  });

  it.each(['', 'a b', 'x'.repeat(256), null, 7])('does not lead to %j', async (to) => {
    const { crossing, told } = crossingOf();
    await expect(
      Reflect.apply(crossing.open, crossing, [{ reason: 'ticket', to }, able()]),
    ).rejects.toMatchObject({ code: 'tenant_required' });
    expect(told).toEqual([]);
  });

  it('is refused where nobody is known', async () => {
    const { crossing } = crossingOf();
    for (const scope of [undefined, jobScope({ tenantId: 'norte' })]) {
      await expect(crossing.open({ reason: 'ticket' }, scope)).rejects.toMatchObject({
        code: 'token_missing',
      });
    }
  });

  it('is refused where it is not recorded', async () => {
    const { crossing, events } = crossingOf();
    const cause = new Error('the audit trail is away');
    const end = events.on('tenant_crossing', () => {
      throw cause;
    });
    await expect(crossing.open({ reason: 'ticket' }, able())).rejects.toMatchObject({
      code: 'permission_denied',
      reason: 'it was not recorded',
    });
    end();
    await expect(crossing.open({ reason: 'ticket' }, able())).resolves.toBeDefined();
  });

  it('is refused where nobody can say what the caller may do', async () => {
    const source = () => Promise.reject(new Error('the database is away'));
    const { crossing, told } = crossingOf({}, { source });
    await expect(crossing.open({ reason: 'ticket' }, able())).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    expect(told).toEqual([]);
  });
});
