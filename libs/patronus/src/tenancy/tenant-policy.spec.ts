import { describe, expect, it } from '@jest/globals';
import { Identity } from '../identity/identity.js';
import { TenantPolicy } from './tenant-policy.js';

function identity(claims: Record<string, unknown>, tenantId?: string): Identity {
  return new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 1, claims, tenantId });
}

const policy = new TenantPolicy({ claim: 'empresa_id', header: 'X-Empresa-Id' });

describe('TenantPolicy', () => {
  it.each([
    [{ empresa_id: 'norte' }, 'norte'],
    [{ empresa_id: 42 }, '42'],
    [{ empresa_id: 'a'.repeat(255) }, 'a'.repeat(255)],
    [{ empresa_id: 'a'.repeat(256) }, undefined],
    [{ empresa_id: '' }, undefined],
    [{ empresa_id: 'a b' }, undefined],
    [{ empresa_id: 'a\nb' }, undefined],
    [{ empresa_id: 1.5 }, undefined],
    [{ empresa_id: null }, undefined],
    [{ empresa_id: ['norte'] }, undefined],
    [{ empresa_id: { id: 'norte' } }, undefined],
    [{}, undefined],
  ])('reads %j as %j', (claims, expected) => {
    expect(policy.tenantOf(identity(claims))).toBe(expected);
    expect(policy.resolve(identity(claims), { headers: {} })).toBe(expected);
  });

  it('takes the claim alone where one is configured', () => {
    expect(policy.tenantOf(identity({}, 'from-the-provider'))).toBeUndefined();
    expect(new TenantPolicy({}).tenantOf(identity({}, 'from-the-provider'))).toBe(
      'from-the-provider',
    );
  });

  it('reads own claims only', () => {
    const inherits = new TenantPolicy({ claim: 'toString' });
    expect(inherits.tenantOf(identity({}))).toBeUndefined();
    expect(new TenantPolicy({ claim: '__proto__' }).tenantOf(identity({}))).toBeUndefined();
  });

  it('lets a header repeat the tenant, and never set it', () => {
    const norte = identity({ empresa_id: 'norte' });
    expect(policy.resolve(norte, { headers: { 'x-empresa-id': 'norte' } })).toBe('norte');
    expect(policy.resolve(norte, { headers: { 'x-empresa-id': '' } })).toBe('norte');
    for (const asked of ['sur', 'norte, norte', 'NORTE']) {
      expect(() => policy.resolve(norte, { headers: { 'x-empresa-id': asked } })).toThrow(
        expect.objectContaining({ code: 'tenant_mismatch' }),
      );
    }
    expect(() => policy.resolve(identity({}), { headers: { 'x-empresa-id': 'norte' } })).toThrow(
      expect.objectContaining({ code: 'tenant_mismatch' }),
    );
  });

  it('does not look at a header that was not configured', () => {
    const claimOnly = new TenantPolicy({ claim: 'empresa_id' });
    expect(
      claimOnly.resolve(identity({ empresa_id: 'norte' }), { headers: { undefined: 'sur' } }),
    ).toBe('norte');
  });

  it('is off without options', () => {
    expect(new TenantPolicy(undefined).enabled).toBe(false);
    expect(policy.enabled).toBe(true);
  });

  it('says why there is no tenant', () => {
    expect(policy.whyNone(identity({}))).toContain('the claim empresa_id is missing');
    expect(policy.whyNone(identity({ empresa_id: ' ' }))).toContain('not a well-formed tenant id');
    expect(new TenantPolicy({}).whyNone(identity({}))).toContain('Identity.tenantId is missing');
    expect(new TenantPolicy({}).whyNone(identity({}, 'a b'))).toContain(
      'Identity.tenantId is not a well-formed tenant id',
    );
  });

  it.each([
    [{ claim: '' }, 'tenancy.claim: '],
    [JSON.parse('{ "claim": 42 }'), 'tenancy.claim: '],
    [JSON.parse('{ "header": 42 }'), 'tenancy.header: '],
    [JSON.parse('{ "claims": "empresa_id" }'), 'tenancy.claims: is not an option. Did you mean'],
    [{ header: '' }, 'tenancy.header: '],
    [{ header: 'x empresa' }, 'tenancy.header: '],
  ])('refuses %j at start', (options, message) => {
    expect(() => new TenantPolicy(options)).toThrow(message);
  });
});
