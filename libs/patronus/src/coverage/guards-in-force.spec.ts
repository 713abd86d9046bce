import { describe, expect, it, jest } from '@jest/globals';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { AuthGuard } from '../authentication/auth.guard.js';
import { PermissionsGuard } from '../authorization/permissions.guard.js';
import { permissions } from '../authorization/rules/requirements.js';
import type { Requirement } from '../authorization/rules/requirement.js';
import type { RouteAccess, RouteRule } from '../authorization/rules/route-rule.js';
import { markGuard } from '../identity/loaded-copies.js';
import type { HandlerType } from '../transport/handler-explorer.js';
import type { HandlerGuards } from '../transport/handler-guards.js';
import { type GuardReading, GuardsInForce, ruleInForce } from './guards-in-force.js';

class OwnAuth extends AuthGuard {}
class OwnPermissions extends PermissionsGuard {}
class Other {
  canActivate() {
    return true;
  }
}
const Passport = PassportGuard('patronus');
class OwnPassport extends Passport {}
class OfAnotherCopy extends Passport {}
markGuard(OfAnotherCopy);
class Basic extends PassportGuard('basic') {}

const known: Requirement = { kind: 'authentication', within: undefined, methods: [], levels: [] };

function ruleOf(access: RouteAccess, requirements: readonly Requirement[] = []): RouteRule {
  return { access, tenantOptional: true, requirements, needsGrants: false };
}

const RULES = {
  open: ruleOf('public'),
  optional: ruleOf('optional'),
  none: ruleOf('authenticated'),
  known: ruleOf('authenticated', [known]),
  recent: ruleOf('authenticated', [{ ...known, within: 300 }]),
  scoped: ruleOf('authenticated', [{ kind: 'scopes', scopes: ['x'] }]),
  permission: ruleOf('authenticated', [known, permissions('notes.read')]),
};

interface Surroundings {
  readonly type?: HandlerType;
  readonly isClosed?: boolean;
  readonly isListed?: boolean;
  readonly provided?: { readonly AuthGuard: unknown; readonly PermissionsGuard: unknown };
  readonly isField?: boolean;
}

function read(
  rule: keyof typeof RULES,
  guards: readonly unknown[],
  { type = 'http', isClosed = false, isListed = true, provided, isField }: Surroundings = {},
): GuardReading {
  const handlers = { before: () => guards, settle: () => {} } as unknown as HandlerGuards;
  const mocks = provided ?? { AuthGuard: {}, PermissionsGuard: {} };
  const inForce = new GuardsInForce(handlers, { has: () => isListed }, mocks, isClosed);
  const handler = () => {};
  if (isField === true) Reflect.defineMetadata('graphql:resolve_property', true, handler);
  return inForce.of({ type, owner: class {}, handler, rule: RULES[rule] });
}

const AUTH = ['AuthGuard'];
const BOTH = ['AuthGuard', 'PermissionsGuard'];
const { none, auth, perm, right, wrong } = {
  none: [Other],
  auth: [AuthGuard],
  perm: [PermissionsGuard],
  right: [AuthGuard, Other, PermissionsGuard],
  wrong: [PermissionsGuard, AuthGuard],
};

describe('what guards do with a rule', () => {
  it.each<[keyof typeof RULES, readonly unknown[], string, readonly string[]]>([
    ['open', none, 'nothing', []],
    ['open', auth, 'rule', []],
    ['open', perm, 'rule', []],
    ['open', wrong, 'rule', []],
    ['optional', none, 'nothing', AUTH],
    ['optional', auth, 'rule', []],
    ['optional', perm, 'nothing', AUTH],
    ['optional', right, 'rule', []],
    ['optional', wrong, 'rule', []],
    ['none', none, 'nothing', []],
    ['none', auth, 'rule', []],
    ['none', perm, 'refusal', AUTH],
    ['none', right, 'rule', []],
    ['none', wrong, 'refusal', AUTH],
    ['known', none, 'nothing', AUTH],
    ['known', auth, 'rule', []],
    ['known', perm, 'refusal', AUTH],
    ['recent', auth, 'caller', ['PermissionsGuard']],
    ['scoped', auth, 'caller', ['PermissionsGuard']],
    ['permission', none, 'nothing', BOTH],
    ['permission', auth, 'caller', ['PermissionsGuard']],
    ['permission', perm, 'refusal', AUTH],
    ['permission', right, 'rule', []],
    ['permission', wrong, 'refusal', AUTH],
    ['permission', [...right, AuthGuard], 'rule', []],
  ])('%s, %p: %s, lacks %j', (rule, guards, enforces, missingGuards) => {
    expect(read(rule, guards)).toMatchObject({ enforces, missingGuards });
  });

  it.each<[keyof typeof RULES, readonly unknown[], readonly string[]]>([
    ['known', [OfAnotherCopy], AUTH],
    ['permission', [OfAnotherCopy, PermissionsGuard], AUTH],
    ['permission', [new OfAnotherCopy(), Other], BOTH],
  ])('%s, %p of another copy: nothing, lacks %j', (rule, guards, missingGuards) => {
    const reading = read(rule, guards);
    expect(reading).toMatchObject({ enforces: 'nothing', missingGuards });
    expect(reading).not.toHaveProperty('refusal');
    expect(reading.guards[0]).toBe('OfAnotherCopy of another copy of @patronus/nestjs');
  });

  it('says of a guard of another copy that it finds a caller over HTTP only', () => {
    const reading = read('permission', [OfAnotherCopy, PermissionsGuard], { type: 'graphql' });
    expect(reading).toMatchObject({ enforces: 'refusal', refusal: 'order' });
  });

  it('takes a guard that stands twice for one', () => {
    const twice = read('permission', [AuthGuard, AuthGuard]);
    expect(twice).toMatchObject({ enforces: 'caller', missingGuards: ['PermissionsGuard'] });
    const same = new Other();
    const provided = { AuthGuard: same, PermissionsGuard: {} };
    expect(read('permission', [same, same], { provided }).enforces).toBe('caller');
  });

  it('lists its own guards alone, in their order', () => {
    const before = () => [Other, PermissionsGuard, new Other(), OwnAuth];
    const handlers = { before, settle: () => {} } as unknown as HandlerGuards;
    const mocks = { AuthGuard: {}, PermissionsGuard: {} };
    const inForce = new GuardsInForce(handlers, { has: () => true }, mocks, false);
    const bound = { type: 'http', owner: class {}, handler: () => {}, rule: RULES.none } as const;
    expect(inForce.requiredGuardsBefore(bound)).toEqual(['PermissionsGuard', 'AuthGuard']);
  });

  it('settles the guards of the handlers', () => {
    const settle = jest.fn();
    const handlers = { before: () => [], settle } as unknown as HandlerGuards;
    const mocks = { AuthGuard: {}, PermissionsGuard: {} };
    new GuardsInForce(handlers, { has: () => true }, mocks, false).settle();
    expect(settle).toHaveBeenCalledTimes(1);
  });

  it('says why every call is refused', () => {
    expect(read('permission', wrong)).toMatchObject({ refusal: 'order' });
    expect(read('permission', right)).not.toHaveProperty('refusal');
  });

  it.each<[unknown, HandlerType, boolean]>([
    [OwnAuth, 'ws', true],
    [Passport, 'http', true],
    [OwnPassport, 'http', true],
    [new OwnPassport(), 'http', true],
    [Passport, 'graphql', false],
    [OwnPassport, 'rpc', false],
    [Basic, 'http', false],
  ])('%p finds the caller of %s: %s', (guard, type, isAuth) => {
    const { enforces } = read('permission', [guard, OwnPermissions], { type });
    expect(enforces).toBe(isAuth ? 'rule' : 'refusal');
  });

  it('takes what the container holds in the place of a guard for that guard', () => {
    const [one, other] = [new Other(), new Other()];
    const provided = { AuthGuard: one, PermissionsGuard: other };
    expect(read('permission', [one, other], { provided }).enforces).toBe('rule');
    expect(read('permission', [other, one], { provided }).enforces).toBe('refusal');
    expect(read('permission', [one], { provided }).enforces).toBe('caller');
    const same = { AuthGuard: one, PermissionsGuard: one };
    expect(read('permission', [one, one], { provided: same }).enforces).toBe('rule');
    expect(read('permission', [one], { provided: same }).enforces).toBe('caller');
  });

  it('closes what stands behind a guard of a transport that is not listed', () => {
    const unlisted = { type: 'ws', isListed: false } as const;
    for (const rule of ['open', 'permission'] as const) {
      for (const guards of [auth, perm]) {
        const expected = { enforces: 'refusal', refusal: 'transport' };
        expect(read(rule, guards, unlisted)).toMatchObject(expected);
      }
    }
    expect(read('permission', none, unlisted)).toMatchObject({ enforces: 'nothing' });
  });

  it('closes a microservice that no guard has, where every call must be seen by one', () => {
    const closed = { type: 'rpc', isClosed: true } as const;
    const refused = { enforces: 'refusal', refusal: 'inheritance', missingGuards: [] };
    expect(read('permission', none, closed)).toMatchObject(refused);
    expect(read('open', [], closed)).toMatchObject(refused);
    expect(read('permission', right, closed)).toMatchObject({ enforces: 'rule' });
    const open = { enforces: 'nothing', missingGuards: BOTH };
    expect(read('permission', none, { type: 'rpc' })).toMatchObject(open);
    expect(read('permission', none, { type: 'http', isClosed: true })).toMatchObject(open);
  });

  it('leaves a field without guards to the fields above it', () => {
    const field = { type: 'graphql', isField: true } as const;
    expect(read('none', [], field)).toMatchObject({ enforces: 'parent', missingGuards: [] });
    expect(read('permission', [], field)).toMatchObject({ enforces: 'parent', missingGuards: BOTH });
    expect(read('permission', right, field)).toMatchObject({ enforces: 'rule' });
    expect(read('none', [], { type: 'graphql' }).enforces).toBe('nothing');
    expect(read('none', [], { type: 'http', isField: true }).enforces).toBe('nothing');
  });

  it('names the guards in their order', () => {
    const anonymous = { canActivate: () => true };
    const [stub] = [class {}];
    Object.defineProperty(stub, 'name', { value: '' });
    const provided = { AuthGuard: anonymous, PermissionsGuard: {} };
    const all = [Other, new Other(), OwnAuth, Passport, anonymous, PermissionsGuard, 'TOKEN'];
    expect(read('permission', all, { provided }).guards).toEqual([
      'Other',
      'Other',
      'OwnAuth',
      "AuthGuard('patronus')",
      'AuthGuard',
      'PermissionsGuard',
      'String',
    ]);
    expect(read('permission', [Symbol('guard'), undefined, stub]).guards).toEqual([
      'Symbol',
      'undefined',
      String(stub),
    ]);
  });
});

describe('the part of a rule that is in force', () => {
  const rule = RULES.permission;
  const of = (enforces: GuardReading['enforces']) =>
    ruleInForce(rule, { guards: [], missingGuards: [], enforces });

  it('is all of it, a caller, or nothing', () => {
    expect(of('rule')).toBe(rule);
    expect(of('refusal')).toBe(rule);
    expect(of('nothing')).toBeUndefined();
    expect(of('parent')).toBeUndefined();
    expect(of('caller')).toStrictEqual({ ...RULES.none, tenantOptional: true });
  });

  it('lets a token be in the query only if the rule does', () => {
    const reading = { guards: [], missingGuards: [], enforces: 'caller' } as const;
    const caller = { ...RULES.none, queryToken: true } as const;
    expect(ruleInForce({ ...rule, queryToken: true }, reading)).toStrictEqual(caller);
  });
});
