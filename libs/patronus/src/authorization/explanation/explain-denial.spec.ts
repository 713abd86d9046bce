import { describe, expect, it } from '@jest/globals';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { denialOf, explainDenial } from './explain-denial.js';
import { PermissionPolicy } from '../grants/permission-policy.js';
import type { AccessRequirement } from '../rules/requirement.js';
import {
  anyOf,
  permissions,
  platformPermissions,
  platformRoles,
  roles,
  scopes,
} from '../rules/requirements.js';
import { permissionsIn, rolesIn } from '../rules/requirements.js';

function setUp(fields: Partial<IdentityFields>) {
  const known = { id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9 };
  const identity = new Identity({ ...known, ...fields });
  const policy = new PermissionPolicy({ scopes: { read: ['patients.read'], audit: ['audit.*'] } });
  const grants = policy.limit(policy.compile(identity), identity.scopes);
  return { grants, identity };
}

function explain(requirement: AccessRequirement, fields: Partial<IdentityFields>): string {
  const { grants, identity } = setUp(fields);
  return explainDenial(requirement, grants, identity);
}

describe('explainDenial', () => {
  it('names what was asked for, and what was held in the same authority', () => {
    const fields = {
      roles: ['guest'],
      permissions: ['patients.read'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['read', 'audit'],
    };
    const inTenant = 'held roles ["guest"], permissions ["patients.read"]';
    const onPlatform = 'held roles ["auditor"], permissions ["audit.read"]';
    const texts: [AccessRequirement, string][] = [
      [
        permissionsIn('tenant', 'any', '', ['patients.read']),
        'needs one of the permissions ["patients.read"]; ' + inTenant,
      ],
      [permissions('patients.read'), `needs permissions ["patients.read"]; ${inTenant}`],
      [roles('doctor'), `needs roles ["doctor"]; ${inTenant}`],
      [rolesIn('tenant', 'any', '', ['doctor']), `needs one of the roles ["doctor"]; ${inTenant}`],
      [
        platformPermissions('audit.list'),
        `needs platform permissions ["audit.list"]; ${onPlatform}`,
      ],
      [platformRoles('staff'), `needs platform roles ["staff"]; ${onPlatform}`],
      [
        rolesIn('platform', 'any', '', ['staff', 'root']),
        `needs one of the platform roles ["staff","root"]; ${onPlatform}`,
      ],
      [scopes('write'), 'needs scopes ["write"]; held ["read","audit"]'],
      [
        anyOf(roles('doctor'), platformRoles('staff'), scopes('write')),
        `needs roles ["doctor"]; ${inTenant}; or needs platform roles ["staff"]; ${onPlatform}; ` +
          'or needs scopes ["write"]; held ["read","audit"]',
      ],
    ];
    for (const [requirement, text] of texts) expect(explain(requirement, fields)).toBe(text);
  });

  it('says which permissions the scopes do not reach', () => {
    const requirement = permissions('patients.read', 'patients.write');
    expect(explain(requirement, { permissions: ['patients.write'], scopes: ['read'] })).toBe(
      'needs permissions ["patients.read","patients.write"]; held roles [], permissions ' +
        '["patients.write"]; scopes ["read"] do not reach ["patients.write"]',
    );
  });

  it('forges no line of a log', () => {
    const line = explain(roles('doctor'), { roles: ['a\nb'] });
    expect(line).toContain('held roles ["a\\nb"]');
  });

  it('lists twenty names of a kind at most', () => {
    const many = Array.from({ length: 21 }, (_, at) => `r${at}`);
    expect(explain(roles('x'), { roles: many })).toContain('"r19"] and 1 more,');
    const twenty = { roles: many.slice(1) };
    expect(explain(roles('x'), twenty)).toContain('"r20"],');
  });
});

describe('denialOf', () => {
  it.each<[AccessRequirement, string, string[]]>([
    [permissions('a'), 'permission_denied', []],
    [platformPermissions('a'), 'permission_denied', []],
    [roles('a'), 'role_denied', []],
    [scopes('a', 'b'), 'scope_denied', ['a', 'b']],
    [anyOf(roles('a'), platformRoles('b')), 'role_denied', []],
    [anyOf(scopes('a', 'b'), scopes('b', 'c')), 'scope_denied', ['a', 'b', 'c']],
    [anyOf(roles('a'), permissions('b')), 'permission_denied', []],
    [anyOf(scopes('a'), roles('b')), 'permission_denied', ['a']],
  ])('%j: %s with the scopes %j', (requirement, code, expected) => {
    const { grants, identity } = setUp({});
    const denial = denialOf(requirement, grants, identity);
    expect({ code: denial.code, scopes: denial.scopes }).toEqual({ code, scopes: expected });
    expect(denial.reason).toBe(explainDenial(requirement, grants, identity));
  });
});
