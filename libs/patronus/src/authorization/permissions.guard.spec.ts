import 'reflect-metadata';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  Logger,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createCache } from 'cache-manager';
import request from 'supertest';
import { Identity, type IdentityFields } from '../identity/identity.js';
import { runInScope, type RequestScope } from '../identity/request-scope.js';
import { AuthEvents } from '../observability/auth-events.js';
import { Decisions } from '../observability/decisions.js';
import type { GrantedAuthority } from './granted-authority.js';
import { GrantsResolver } from './grants-resolver.js';
import { OptionalAuth } from './optional-auth.decorator.js';
import { PermissionCache } from './permission-cache.js';
import { PermissionPolicy } from './permission-policy.js';
import type { PermissionSubject } from './permission-source.js';
import type { PermissionOptions } from './permission.options.js';
import { PermissionsGuard } from './permissions.guard.js';
import { Public } from './public.decorator.js';
import { RequireAnyPermission } from './require-any-permission.decorator.js';
import { RequirePermissions } from './require-permissions.decorator.js';
import { RequirePlatformPermissions } from './require-platform-permissions.decorator.js';
import { RequireRoles } from './require-roles.decorator.js';
import { RequireScopes } from './require-scopes.decorator.js';
import { RuleRegistry } from './rule-registry.js';

@Controller()
class Routes {
  @Get('bare') bare() {}
  @Get('open') @Public() open() {}
  @Get('maybe') @OptionalAuth() maybe() {}
  @Get('all') @RequirePermissions('patients.read', 'patients.write') all() {}
  @Get('any') @RequireAnyPermission('patients.read', 'patients.audit') any() {}
  @Get('platform') @RequirePlatformPermissions('audit.read', 'audit.list') platform() {}
  @Get('roles') @RequireRoles('receptionist', 'staff') roles() {}
  @Get('scopes') @RequireScopes('a', 'b') scopes() {}
  @Get('mixed') @RequireScopes('a') @RequireRoles('staff') @RequirePermissions('x') mixed() {}
}

const contexts = new Map<string, ExecutionContext>();
let app: INestApplication;

class Recorder implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    contexts.set(context.getHandler().name, context);
    return true;
  }
}

beforeAll(async () => {
  const module = await Test.createTestingModule({ controllers: [Routes] }).compile();
  app = module.createNestApplication({ logger: false });
  await app.useGlobalGuards(new Recorder()).init();
  const paths = 'bare open maybe all any platform roles scopes mixed'.split(' ');
  for (const path of paths) await request(app.getHttpServer()).get(`/${path}`).expect(200);
});
afterAll(() => app.close());
beforeEach(() => {
  jest.restoreAllMocks();
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
});

function contextOf(handler: string): ExecutionContext {
  const context = contexts.get(handler);
  if (context === undefined) throw new Error(`there is no ${handler}`);
  return context;
}

function guardOf(options: PermissionOptions = {}): PermissionsGuard {
  const policy = new PermissionPolicy(options);
  const source = policy.source();
  const cache = new PermissionCache(createCache(), policy, source);
  return new PermissionsGuard(
    Reflect.construct(RuleRegistry, []),
    new GrantsResolver(source, policy, cache),
    new Decisions(new AuthEvents()),
  );
}

function who(fields: Partial<IdentityFields> = {}): Identity {
  return new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9, ...fields });
}

function scopeOf(identity: Identity | undefined, tenantId?: string): RequestScope {
  return {
    response: new ServerResponse(new IncomingMessage(new Socket())),
    authenticate: () => Promise.reject(new Error('not here')),
    identity,
    tenantId,
    proven: false,
    decisionId: undefined,
  };
}

function ask(
  guard: PermissionsGuard,
  handler: string | ExecutionContext,
  scope: RequestScope | undefined,
): boolean | Promise<boolean> {
  const context = typeof handler === 'string' ? contextOf(handler) : handler;
  let answer: boolean | Promise<boolean> | undefined;
  if (scope === undefined) return guard.canActivate(context);
  runInScope(scope, () => {
    answer = guard.canActivate(context);
  });
  if (answer === undefined) throw new Error('the guard did not answer');
  return answer;
}

/** What the guard throws at once, or `true`. */
function verdict(
  handler: string | ExecutionContext,
  scope: RequestScope | undefined,
  guard = guardOf(),
): unknown {
  try {
    return ask(guard, handler, scope);
  } catch (error) {
    return error;
  }
}

const denied = (code: string, details: object = {}): unknown =>
  expect.objectContaining({ name: 'PatronusError', code, ...details });

describe('who is let in without a caller', () => {
  it.each<[string, unknown]>([
    ['open', true],
    ['maybe', true],
    ['bare', denied('token_missing')],
    ['all', denied('token_missing')],
    ['scopes', denied('token_missing')],
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
  };

  it.each<[string, Partial<IdentityFields>]>([
    ['all', { permissions: ['patients.write', 'patients.read'] }],
    ['any', { permissions: ['patients.audit'] }],
    ['any', { permissions: ['patients.read'] }],
    ['platform', { platformPermissions: ['audit.read', 'audit.list'] }],
    ['roles', { roles: ['receptionist', 'staff'] }],
    ['roles', { roles: ['staff', 'doctor'] }],
    ['scopes', { scopes: ['b', 'a', 'c'] }],
    ['mixed', { scopes: ['a'], roles: ['staff'], permissions: ['x'] }],
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
    ['mixed', { roles: ['staff'], permissions: ['x'] }, 'scope_denied'],
    ['mixed', { scopes: ['a'], permissions: ['x'] }, 'role_denied'],
    ['mixed', { scopes: ['a'], roles: ['staff'] }, 'permission_denied'],
  ])('%s refuses %j: %s', (handler, fields, code) => {
    expect(verdict(handler, scopeOf(who(fields)), guardOf(options))).toEqual(denied(code));
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

describe('what a denial tells the caller', () => {
  it('which scopes would be enough', () => {
    const scope = scopeOf(who({ scopes: ['a'] }));
    expect(verdict('scopes', scope)).toEqual(
      denied('scope_denied', { scopes: ['a', 'b'], reason: 'needs scopes ["a","b"]; held ["a"]' }),
    );
    expect(scope.response.getHeader('WWW-Authenticate')).toContain('scope="a b"');
  });

  it('that a token is needed', () => {
    const scope = scopeOf(undefined);
    verdict('bare', scope);
    expect(scope.response.getHeader('WWW-Authenticate')).toBe('Bearer realm="patronus"');
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
    expect(scope.response.getHeader('WWW-Authenticate')).toContain('insufficient_scope');
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

describe('with a permission source', () => {
  const answering = (answer: GrantedAuthority | Error) =>
    jest.fn(async (_subject: PermissionSubject): Promise<GrantedAuthority> => {
      if (answer instanceof Error) throw answer;
      return answer;
    });

  it('asks once for each subject and tenant, then answers at once', async () => {
    const source = answering({ permissions: ['patients.*'] });
    const guard = guardOf({ source });
    const identity = who();
    const cold = ask(guard, 'all', scopeOf(identity, 't1'));
    expect(cold).toBeInstanceOf(Promise);
    expect(await cold).toBe(true);
    expect(ask(guard, 'all', scopeOf(who(), 't1'))).toBe(true);
    expect(source.mock.calls).toEqual([[{ identity, tenantId: 't1' }]]);
    await ask(guard, 'all', scopeOf(identity, 't2'));
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('asks nothing where no role and no permission is needed', () => {
    const source = answering(new Error('down'));
    const guard = guardOf({ source });
    expect(ask(guard, 'bare', scopeOf(who()))).toBe(true);
    expect(ask(guard, 'scopes', scopeOf(who({ scopes: ['a', 'b'] })))).toBe(true);
    expect(verdict('mixed', scopeOf(who()), guard)).toEqual(denied('scope_denied'));
    expect(source).not.toHaveBeenCalled();
  });

  it('refuses by an answer that took its time', async () => {
    const guard = guardOf({ source: answering({ permissions: ['patients.read'] }) });
    const refused = ask(guard, 'all', scopeOf(who()));
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('answers an outage with 503 and Retry-After', async () => {
    const guard = guardOf({ source: answering(new Error('down')) });
    const scope = scopeOf(who());
    await expect(ask(guard, 'all', scope)).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(scope.response.getHeader('Retry-After')).toBe('5');
  });
});
