import 'reflect-metadata';
import { describe, expect, it, jest } from '@jest/globals';
import type { IdentityFields } from '../identity/identity.js';
import {
  contextOf,
  denied,
  guardOf,
  scopeOf,
  useGuardedRoutes,
  verdict,
  who,
} from '../../../../test/fixtures/guarded-routes.js';
import type { PermissionOptions } from './grants/permission.options.js';
import { roles } from './rules/requirements.js';
import { RuleRegistry } from './rules/rule-registry.js';

useGuardedRoutes();

const FORGOTTEN = expect.stringMatching(/^AuthGuard did not run before PermissionsGuard/);

describe('who is let in without a caller', () => {
  it.each<[string, unknown]>([
    ['open', true],
    ['maybe', true],
    ['bare', denied('guard_missing', { reason: FORGOTTEN })],
    ['all', denied('guard_missing', { reason: FORGOTTEN })],
    ['scopes', denied('guard_missing', { reason: FORGOTTEN })],
    ['recent', denied('guard_missing', { reason: FORGOTTEN })],
    ['bound', denied('guard_missing', { reason: FORGOTTEN })],
  ])('%s', (handler, expected) => {
    expect(verdict(handler, scopeOf(undefined))).toEqual(expected);
    expect(verdict(handler, undefined)).toEqual(expected);
  });

  it('is nobody where an optional route has requirements all the same', () => {
    jest.spyOn(RuleRegistry.prototype, 'ruleOf').mockReturnValue({
      access: 'optional',
      tenantOptional: false,
      requirements: [{ kind: 'scopes', scopes: ['a'] }],
      needsGrants: false,
    });
    expect(verdict('maybe', scopeOf(undefined))).toEqual(denied('token_missing'));
  });

  it.each(['bare', 'open', 'maybe'])('%s lets every caller in', (handler) => {
    expect(verdict(handler, scopeOf(who()))).toBe(true);
  });
});

describe('what is asked of a caller', () => {
  const options: PermissionOptions = {
    roles: { doctor: { inherits: ['receptionist'] }, receptionist: [] },
    platformRoles: { ROOT: { inherits: ['STAFF'] }, STAFF: [] },
  };

  it.each<[string, Partial<IdentityFields>]>([
    ['all', { permissions: ['patients.write', 'patients.read'] }],
    ['any', { permissions: ['patients.audit'] }],
    ['any', { permissions: ['patients.read'] }],
    ['platform', { platformPermissions: ['audit.read', 'audit.list'] }],
    ['roles', { roles: ['receptionist', 'staff'] }],
    ['roles', { roles: ['staff', 'doctor'] }],
    ['scopes', { scopes: ['b', 'a', 'c'] }],
    ['recent', { authenticatedAt: Date.now() / 1000 - 60, authenticationMethods: ['pwd', 'otp'] }],
    ['mixed', { scopes: ['a'], roles: ['staff'], permissions: ['x'] }],
    ['anyRole', { roles: ['staff'] }],
    ['anyRole', { roles: ['doctor'] }],
    ['staff', { platformRoles: ['AUDITOR', 'ROOT'] }],
    ['anyStaff', { platformRoles: ['ROOT'] }],
    ['anyStaff', { platformRoles: ['AUDITOR'] }],
    ['anyPlatform', { platformPermissions: ['audit.list'] }],
    ['either', { roles: ['doctor'] }],
    ['either', { platformRoles: ['ROOT'] }],
    ['eitherScope', { scopes: ['b', 'a'] }],
    ['eitherScope', { scopes: ['c'] }],
    ['scopeOrRole', { scopes: ['a'] }],
    ['scopeOrRole', { roles: ['staff'] }],
  ])('%s lets %j in, at once', (handler, fields) => {
    expect(verdict(handler, scopeOf(who(fields)), guardOf(options))).toBe(true);
  });

  it.each<[string, Partial<IdentityFields>, string]>([
    ['all', {}, 'permission_denied'],
    ['all', { permissions: ['patients.read'] }, 'permission_denied'],
    ['all', { permissions: ['*', 'patients.*'] }, 'permission_denied'],
    ['all', { platformPermissions: ['patients.read', 'patients.write'] }, 'permission_denied'],
    ['any', { permissions: ['patients.write'] }, 'permission_denied'],
    ['platform', { permissions: ['audit.read', 'audit.list'] }, 'permission_denied'],
    ['platform', { platformPermissions: ['audit.read'] }, 'permission_denied'],
    ['roles', { roles: ['staff'] }, 'role_denied'],
    ['roles', { roles: ['*', 'constructor'] }, 'role_denied'],
    ['roles', { platformRoles: ['receptionist', 'staff'] }, 'role_denied'],
    ['scopes', { scopes: ['a'] }, 'scope_denied'],
    ['scopes', { permissions: ['a', 'b'] }, 'scope_denied'],
    ['recent', { authenticatedAt: Date.now() / 1000 - 60 }, 'step_up_required'],
    ['recent', { authenticationMethods: ['otp'] }, 'step_up_required'],
    ['bound', { confirmation: { jkt: 'k' } }, 'dpop_proof_missing'],
    ['mixed', { roles: ['staff'], permissions: ['x'] }, 'scope_denied'],
    ['mixed', { scopes: ['a'], permissions: ['x'] }, 'role_denied'],
    ['mixed', { scopes: ['a'], roles: ['staff'] }, 'permission_denied'],
    ['anyRole', { roles: ['guest'] }, 'role_denied'],
    ['anyRole', { platformRoles: ['receptionist', 'staff'] }, 'role_denied'],
    ['staff', { platformRoles: ['ROOT'] }, 'role_denied'],
    ['staff', { roles: ['STAFF', 'AUDITOR'] }, 'role_denied'],
    ['anyStaff', { roles: ['STAFF', 'AUDITOR', 'ROOT'] }, 'role_denied'],
    ['anyPlatform', { permissions: ['audit.read', 'audit.list'] }, 'permission_denied'],
    ['either', { roles: ['STAFF'], platformRoles: ['receptionist'] }, 'role_denied'],
    ['eitherScope', { scopes: ['a'], permissions: ['c'] }, 'scope_denied'],
    ['scopeOrRole', { scopes: ['b'], platformRoles: ['staff'] }, 'permission_denied'],
  ])('%s refuses %j: %s', (handler, fields, code) => {
    expect(verdict(handler, scopeOf(who(fields)), guardOf(options))).toEqual(denied(code));
  });

  it('asks for the proof of a bound token, not for the binding alone', () => {
    const bound = who({ confirmation: { jkt: 'k' } });
    expect(verdict('bound', scopeOf(bound))).toEqual(denied('dpop_proof_missing'));
    expect(verdict('bound', Object.assign(scopeOf(bound), { proven: true }))).toBe(true);
  });

  it('includes a scope that covers the permission, where the options bound scopes', () => {
    const guard = guardOf({ scopes: { read: ['patients.read'], all: ['patients.*'] } });
    const permissions = ['patients.read', 'patients.write'];
    const withScopes = (scopes: string[]) =>
      verdict('all', scopeOf(who({ permissions, scopes })), guard);
    expect(withScopes(['all'])).toBe(true);
    expect(withScopes(['read'])).toEqual(
      denied('permission_denied', {
        reason: expect.stringContaining('scopes ["read"] do not reach ["patients.write"]'),
      }),
    );
    expect(withScopes([])).toEqual(denied('permission_denied'));
  });
});

describe('what is closed whatever the rule says', () => {
  it.each(['ws', 'rpc', 'graphql', 'anything'])('transport %s', (type) => {
    const context = Object.create(contextOf('open'), { getType: { value: () => type } });
    expect(verdict(context, scopeOf(who()))).toEqual(denied('transport_unsupported'));
  });

  it('an error inside the check', () => {
    jest.spyOn(RuleRegistry.prototype, 'ruleOf').mockImplementation(() => {
      throw new TypeError('odd');
    });
    const scope = scopeOf(who());
    expect(verdict('open', scope)).toEqual(
      denied('permission_denied', { cause: expect.objectContaining({ message: 'odd' }) }),
    );
    expect(scope.response?.getHeader('WWW-Authenticate')).toContain('insufficient_scope');
  });

  it('a role that is required without a look-up of grants', () => {
    jest.spyOn(RuleRegistry.prototype, 'ruleOf').mockReturnValue({
      access: 'authenticated',
      tenantOptional: false,
      requirements: [roles('staff')],
      needsGrants: false,
    });
    expect(verdict('bare', scopeOf(who({ roles: ['staff'] })))).toEqual(denied('role_denied'));
  });

  it('a requirement of a kind that is not known', () => {
    jest.spyOn(RuleRegistry.prototype, 'ruleOf').mockReturnValue({
      access: 'authenticated',
      tenantOptional: false,
      requirements: JSON.parse('[{"kind": "of-another-version"}]'),
      needsGrants: true,
    });
    expect(verdict('bare', scopeOf(who({ permissions: ['*'] })))).toEqual(
      denied('permission_denied'),
    );
  });
});

describe('the scope of a route', () => {
  it('keeps the handler, and not the context that holds the request', () => {
    const scope = scopeOf(who());
    expect(verdict('bare', scope)).toBe(true);
    const context = contextOf('bare');
    expect(scope).toMatchObject({ owner: context.getClass(), handler: context.getHandler() });
    expect(scope.context).toBeUndefined();
  });
});
