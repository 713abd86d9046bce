import { describe, expect, it } from '@jest/globals';
import { createCache } from 'cache-manager';
import { Identity, type IdentityFields } from '../../identity/identity.js';
import { RequestScope } from '../../identity/request-scope.js';
import { GrantsResolver } from '../grants/grants-resolver.js';
import { PermissionCache } from '../grants/permission-cache.js';
import { PermissionPolicy } from '../grants/permission-policy.js';
import type { PermissionOptions } from '../grants/permission.options.js';
import { Authorize } from '../policies/authorize.decorator.js';
import { ResourcePolicy } from '../policies/resource-policy.js';
import {
  RequireAny,
  RequireAnyPermission,
  RequireAnyPlatformPermission,
  RequireAnyPlatformRole,
  RequireAnyRole,
  RequireDPoP,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  RequireRoles,
  RequireScopes,
} from '../decorators.js';
import { RequireAuthentication } from '../require-authentication.decorator.js';
import { AcceptIssuers } from '../accept-issuers.decorator.js';
import {
  permissions,
  platformPermissions,
  platformRoles,
  roles,
  scopes,
} from '../rules/requirements.js';
import { RuleRegistry } from '../rules/rule-registry.js';
import { Explainer } from './explainer.js';
import type { RequirementExplanation } from './explanation.js';

class CanRead extends ResourcePolicy {
  override load() {
    return {};
  }
  override tenantOf() {
    return undefined;
  }
  override permits() {
    return true;
  }
}

class Routes {
  @RequirePermissions('notes.read', 'notes.erase') all() {}
  @RequireAnyPermission('notes.read', 'notes.erase') any() {}
  @RequirePlatformPermissions('audit.read') platform() {}
  @RequireRoles('reader') roles() {}
  @RequireScopes('a', 'b') scopes() {}
  @RequireDPoP() bound() {}
  @AcceptIssuers('https://a', 'i') ofIssuer() {}
  @RequireAuthentication() login() {}
  @RequireAuthentication({ within: '5m' }) recent() {}
  @RequireAuthentication({ within: '5m', methods: ['otp', 'hwk'], level: ['high'] }) strong() {}
  @Authorize(CanRead) policy() {}
  @RequireAnyRole('reader', 'nurse') anyRole() {}
  @RequirePlatformRoles('STAFF') staff() {}
  @RequireAnyPlatformRole('STAFF', 'ROOT') anyStaff() {}
  @RequireAnyPlatformPermission('audit.read', 'audit.list') anyPlatform() {}
  @RequireAny(permissions('notes.read'), roles('head'), platformPermissions('audit.read'))
  either() {}
  @RequireAny(platformRoles('STAFF'), scopes('a')) staffOrScope() {}
}

const rules: RuleRegistry = Reflect.construct(RuleRegistry, []);
const ruleOf = (route: keyof Routes) => rules.ruleOf(Routes, Routes.prototype[route]);

const OPTIONS: PermissionOptions = {
  roles: {
    reader: ['notes.read'],
    nurse: { inherits: ['reader'], permissions: ['beds.*'] },
    clerk: { inherits: ['reader'], permissions: ['notes.*'] },
    doctor: { inherits: ['nurse', 'clerk'] },
  },
  wildcardsInClaims: true,
};

function explainerOf(options = OPTIONS): Explainer {
  const policy = new PermissionPolicy(options);
  const source = policy.source();
  return new Explainer(
    new GrantsResolver(source, policy, new PermissionCache(createCache(), policy, source)),
  );
}

function who(fields: Partial<IdentityFields> = {}): Identity {
  return new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9, ...fields });
}

function scopeOf(known: Partial<RequestScope>): RequestScope {
  const scope = new RequestScope(undefined, () => Promise.reject(new Error('not here')));
  return Object.assign(scope, known);
}

function requirementOf(
  route: keyof Routes,
  fields: Partial<IdentityFields> | undefined,
  more: Partial<RequestScope> = {},
): RequirementExplanation | undefined {
  const scope = scopeOf({ identity: fields && who(fields), ...more });
  return explainerOf().explain(ruleOf(route), scope).requirements[0];
}

describe('Explainer', () => {
  it.each<[keyof Routes, string]>([
    ['all', "@RequirePermissions('notes.read', 'notes.erase')"],
    ['any', "@RequireAnyPermission('notes.read', 'notes.erase')"],
    ['platform', "@RequirePlatformPermissions('audit.read')"],
    ['roles', "@RequireRoles('reader')"],
    ['scopes', "@RequireScopes('a', 'b')"],
    ['bound', '@RequireDPoP()'],
    ['ofIssuer', "@AcceptIssuers('https://a', 'i')"],
    ['login', '@RequireAuthentication()'],
    ['recent', "@RequireAuthentication({ within: '300s' })"],
    [
      'strong',
      `@RequireAuthentication({ within: '300s', methods: ["otp","hwk"], level: ["high"] })`,
    ],
    ['policy', '@Authorize(CanRead)'],
    ['anyRole', "@RequireAnyRole('reader', 'nurse')"],
    ['staff', "@RequirePlatformRoles('STAFF')"],
    ['anyStaff', "@RequireAnyPlatformRole('STAFF', 'ROOT')"],
    ['anyPlatform', "@RequireAnyPlatformPermission('audit.read', 'audit.list')"],
    [
      'either',
      "@RequireAny(permissions('notes.read'), roles('head'), platformPermissions('audit.read'))",
    ],
    ['staffOrScope', "@RequireAny(platformRoles('STAFF'), scopes('a'))"],
  ])('writes the rule of %s as it is written', (route, rule) => {
    expect(requirementOf(route, {})?.rule).toBe(rule);
  });

  it('says every way to a permission, the shortest to each role', () => {
    const { needs } = requirementOf('all', { roles: ['doctor'], permissions: ['notes.*'] }) ?? {};
    const direct = { pattern: 'notes.*', through: [] };
    const ofClerk = { pattern: 'notes.*', through: ['doctor', 'clerk'] };
    const ofReader = { pattern: 'notes.read', through: ['doctor', 'nurse', 'reader'] };
    expect(needs).toEqual([
      { name: 'notes.read', held: true, by: [direct, ofClerk, ofReader], beyondScopes: false },
      { name: 'notes.erase', held: true, by: [direct, ofClerk], beyondScopes: false },
    ]);
  });

  it.each([
    ['held', ['reader'], true, [{ pattern: 'reader', through: [] }]],
    ['inherited', ['nurse'], true, [{ pattern: 'reader', through: ['nurse', 'reader'] }]],
    ['lacked', ['stranger'], false, []],
  ])('says how a role is %s', (_how, given, held, by) => {
    expect(requirementOf('roles', { roles: given })).toEqual({
      rule: "@RequireRoles('reader')",
      met: held,
      authority: 'tenant',
      needs: [{ name: 'reader', held, by, beyondScopes: false }],
    });
  });

  it.each<[keyof Routes, Partial<IdentityFields>, boolean]>([
    ['any', { permissions: ['notes.erase'] }, true],
    ['all', { permissions: ['notes.erase'] }, false],
    ['platform', { platformPermissions: ['audit.read'] }, true],
    ['platform', { permissions: ['audit.read'] }, false],
    ['scopes', { scopes: ['a', 'b'] }, true],
    ['scopes', { scopes: ['a'] }, false],
    ['recent', { authenticatedAt: Date.now() / 1000 }, true],
    ['recent', { authenticatedAt: 1 }, false],
  ])('says whether %s is met by %j', (route, fields, met) => {
    expect(requirementOf(route, fields)?.met).toBe(met);
  });

  it('says whether a proof was given', () => {
    const confirmation = { jkt: 'k' };
    expect(requirementOf('bound', { confirmation }, { proven: true })?.met).toBe(true);
    expect(requirementOf('bound', { confirmation }, { proven: false })?.met).toBe(false);
  });

  it.each<keyof Routes>(['scopes', 'bound', 'policy'])(
    'cannot say whether %s is met by nobody',
    (route) => {
      const { rule: _rule, ...said } = requirementOf(route, undefined) ?? {};
      expect(said).toEqual({ met: undefined });
    },
  );

  it('cannot say what grants nobody was asked for', () => {
    expect(requirementOf('platform', undefined)).toEqual({
      rule: "@RequirePlatformPermissions('audit.read')",
      met: undefined,
      authority: 'platform',
    });
    const asking = explainerOf({ source: () => Promise.resolve({}) });
    const said = asking.explain(ruleOf('all'), scopeOf({ identity: who() }));
    expect(said).not.toHaveProperty('grants');
    expect(said.requirements[0]).toMatchObject({ met: undefined, authority: 'tenant' });
  });

  it('says whether the issuer is accepted', () => {
    expect(requirementOf('ofIssuer', {})?.met).toBe(true);
    expect(requirementOf('ofIssuer', { issuer: 'https://b' })?.met).toBe(false);
  });

  const notesFor = (fields: Partial<IdentityFields>, options = OPTIONS) =>
    explainerOf(options).explain(ruleOf('roles'), scopeOf({ identity: who(fields) })).notes;

  it.each(['reader', ['reader'], { id: 1, name: 'admin' }])(
    'notes that the token has a claim role, where roles is read: %j',
    (role) => {
      const [note, ...more] = notesFor({ claims: { role } }) ?? [];
      expect(note).toContain('The token has a claim "role", which is not read');
      expect(note).not.toContain('reader');
      expect(more).toEqual([]);
    },
  );

  it('notes nothing where the claim role was read, or roles are, or are from elsewhere', () => {
    const claims = { role: 'reader' };
    expect(notesFor({ claims, roles: ['reader'] })).toBeUndefined();
    expect(notesFor({ claims, platformRoles: ['reader'] })).toBeUndefined();
    expect(notesFor({ claims: { role: null } })).toBeUndefined();
    expect(notesFor({})).toBeUndefined();
  });

  it('says of each alternative whether it is met, in which authority, and what lacks', () => {
    const fields = { roles: ['reader'], platformRoles: ['head'] };
    const { met, alternatives } = requirementOf('either', fields) ?? {};
    expect(met).toBe(true);
    expect(alternatives).toMatchObject([
      { rule: "permissions('notes.read')", met: true, authority: 'tenant' },
      { rule: "roles('head')", met: false, authority: 'tenant', needs: [{ held: false }] },
      { rule: "platformPermissions('audit.read')", met: false, authority: 'platform' },
    ]);
    const denied = requirementOf('either', {});
    expect(denied).toMatchObject({
      met: false,
      alternatives: [{ met: false }, { met: false }, { met: false }],
    });
    expect(denied).not.toHaveProperty('needs');
  });

  it('says of alternatives what is known without the grants', () => {
    const asking = explainerOf({ source: () => Promise.resolve({}) });
    const said = (given: string[]) =>
      asking.explain(ruleOf('staffOrScope'), scopeOf({ identity: who({ scopes: given }) }))
        .requirements[0];
    const staff = { rule: "platformRoles('STAFF')", met: undefined, authority: 'platform' };
    expect(said(['a'])).toMatchObject({ met: true, alternatives: [staff, { met: true }] });
    expect(said([])).toMatchObject({ met: undefined, alternatives: [staff, { met: false }] });
  });

  it('counts no authority inside a tenant beyond it', () => {
    const fields = { roles: ['reader'], platformPermissions: ['audit.read'] };
    const crossing = { crossing: 'ticket 4711' };
    expect(requirementOf('roles', fields, crossing)?.met).toBe(false);
    expect(requirementOf('platform', fields, crossing)?.met).toBe(true);
  });

  it('cannot say what a policy would', () => {
    expect(requirementOf('policy', {})).toEqual({ rule: '@Authorize(CanRead)', met: undefined });
  });

  it('names the caller who was refused, and not what that one may do', () => {
    const scope = scopeOf({ presented: who({ scopes: ['a'] }), remembered: true });
    const said = explainerOf().explain(ruleOf('all'), scope);
    expect(said.caller).toEqual({
      user: 'ana',
      issuer: 'i',
      provider: 'p',
      remembered: true,
      scopes: ['a'],
    });
    expect(said).not.toHaveProperty('grants');
    expect(said).not.toHaveProperty('tenant');
  });

  it('prefers the caller who was admitted, and names the grants of both authorities', () => {
    const identity = who({
      roles: ['nurse'],
      permissions: ['a.b'],
      platformRoles: ['root'],
      platformPermissions: ['c.d'],
    });
    const scope = scopeOf({ identity, presented: who({ id: 'eve' }), tenantId: 'norte' });
    expect(explainerOf().explain(ruleOf('all'), scope)).toMatchObject({
      caller: { user: 'ana' },
      tenant: 'norte',
      grants: {
        roles: ['nurse'],
        permissions: ['a.b'],
        platformRoles: ['root'],
        platformPermissions: ['c.d'],
      },
    });
  });
});
