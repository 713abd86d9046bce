import { describe, expect, it } from '@jest/globals';
import { Identity, type IdentityFields } from '../identity/identity.js';
import { explainDenial } from './explain-denial.js';
import { compilePermission } from './permission-matcher.js';
import { PermissionPolicy } from './permission-policy.js';
import type { GrantRequirement } from './requirement.js';

function explain(requirement: GrantRequirement, fields: Partial<IdentityFields>): string {
  const known = { id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9 };
  const identity = new Identity({ ...known, ...fields });
  const policy = new PermissionPolicy({ scopes: { read: ['patients.read'], audit: ['audit.*'] } });
  const grants = policy.limit(policy.compile(identity), identity.scopes);
  return explainDenial(requirement, grants, identity);
}

const read = compilePermission('patients.read');
const write = compilePermission('patients.write');

describe('explainDenial', () => {
  it('names what was asked for, and what was held in the same authority', () => {
    const fields = {
      roles: ['guest'],
      permissions: ['patients.read'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['read', 'audit'],
    };
    expect(explain({ kind: 'any-permission', permissions: [read] }, fields)).toBe(
      'needs any-permission ["patients.read"]; held roles ["guest"], permissions ["patients.read"]',
    );
    expect(explain({ kind: 'roles', roles: ['doctor'] }, fields)).toBe(
      'needs roles ["doctor"]; held roles ["guest"], permissions ["patients.read"]',
    );
    const list = compilePermission('audit.list');
    expect(explain({ kind: 'platform-permissions', permissions: [list] }, fields)).toBe(
      'needs platform-permissions ["audit.list"]; held roles ["auditor"], permissions ["audit.read"]',
    );
  });

  it('says which permissions the scopes do not reach', () => {
    const requirement = { kind: 'all-permissions', permissions: [read, write] } as const;
    expect(explain(requirement, { permissions: ['patients.write'], scopes: ['read'] })).toBe(
      'needs all-permissions ["patients.read","patients.write"]; held roles [], permissions ' +
        '["patients.write"]; scopes ["read"] do not reach ["patients.write"]',
    );
  });

  it('forges no line of a log', () => {
    const line = explain({ kind: 'roles', roles: ['doctor'] }, { roles: ['a\nb'] });
    expect(line).toContain('held roles ["a\\nb"]');
  });

  it('lists twenty names of a kind at most', () => {
    const roles = Array.from({ length: 21 }, (_, at) => `r${at}`);
    expect(explain({ kind: 'roles', roles: ['x'] }, { roles })).toContain('"r19"] and 1 more,');
    const twenty = { roles: roles.slice(1) };
    expect(explain({ kind: 'roles', roles: ['x'] }, twenty)).toContain('"r20"],');
  });
});
