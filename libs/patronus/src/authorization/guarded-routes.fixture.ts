import 'reflect-metadata';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, jest } from '@jest/globals';
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
import { bindScope, RequestScope, runInScope } from '../identity/request-scope.js';
import { AuthEvents } from '../observability/auth-events.js';
import { Decisions } from '../observability/decisions.js';
import { Transports } from '../transport/transports.js';
import { GrantsResolver } from './grants/grants-resolver.js';
import {
  OptionalAuth,
  Public,
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
} from './decorators.js';
import { PermissionCache } from './grants/permission-cache.js';
import { PermissionPolicy } from './grants/permission-policy.js';
import type { PermissionOptions } from './grants/permission.options.js';
import { TenantPolicy } from '../tenancy/tenant-policy.js';
import { PermissionsGuard } from './permissions.guard.js';
import { platformRoles, roles, scopes } from './rules/requirements.js';
import { ResourcePolicies } from './policies/resource-policies.js';
import { RequireAuthentication } from './require-authentication.decorator.js';
import { Explainer } from './explanation/explainer.js';
import { RuleRegistry } from './rules/rule-registry.js';

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
  @Get('recent') @RequireAuthentication({ within: '5m', methods: ['otp'] }) recent() {}
  @Get('bound') @RequireDPoP() bound() {}
  @Get('anyRole') @RequireAnyRole('receptionist', 'staff') anyRole() {}
  @Get('staff') @RequirePlatformRoles('STAFF', 'AUDITOR') staff() {}
  @Get('anyStaff') @RequireAnyPlatformRole('STAFF', 'AUDITOR') anyStaff() {}
  @Get('anyPlatform') @RequireAnyPlatformPermission('audit.read', 'audit.list') anyPlatform() {}
  @Get('either') @RequireAny(roles('receptionist'), platformRoles('STAFF')) either() {}
  @Get('eitherScope') @RequireAny(scopes('a', 'b'), scopes('c')) eitherScope() {}
  @Get('scopeOrRole') @RequireAny(scopes('a'), roles('staff')) scopeOrRole() {}
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

/** Creates the routes before the tests of a suite, and silences the log. */
export function useGuardedRoutes(): void {
  beforeAll(startRoutes);
  afterAll(() => app.close());
  beforeEach(() => {
    jest.restoreAllMocks();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });
}

async function startRoutes(): Promise<void> {
  const module = await Test.createTestingModule({ controllers: [Routes] }).compile();
  app = module.createNestApplication({ logger: false });
  await app.useGlobalGuards(new Recorder()).init();
  const paths = Object.getOwnPropertyNames(Routes.prototype).filter(
    (name) => name !== 'constructor',
  );
  for (const path of paths) await request(app.getHttpServer()).get(`/${path}`).expect(200);
}

export function contextOf(handler: string): ExecutionContext {
  const context = contexts.get(handler);
  if (context === undefined) throw new Error(`there is no ${handler}`);
  return context;
}

export function guardOf(
  options: PermissionOptions = {},
  events = new AuthEvents(),
): PermissionsGuard {
  const transports = new Transports();
  const policy = new PermissionPolicy(options);
  const source = policy.source();
  const cache = new PermissionCache(createCache(), policy, source);
  const grants = new GrantsResolver(source, policy, cache);
  const rules: RuleRegistry = Reflect.construct(RuleRegistry, []);
  return new PermissionsGuard(
    rules,
    grants,
    new Decisions(events, transports, rules, new Explainer(grants), 'operators'),
    Reflect.construct(ResourcePolicies, []),
    transports,
    new TenantPolicy(undefined),
  );
}

export function who(fields: Partial<IdentityFields> = {}): Identity {
  return new Identity({ id: 'ana', issuer: 'i', provider: 'p', expiresAt: 4e9, ...fields });
}

export function scopeOf(identity: Identity | undefined, tenantId?: string): RequestScope {
  const scope = new RequestScope(new ServerResponse(new IncomingMessage(new Socket())), () =>
    Promise.reject(new Error('not here')),
  );
  return scope.with({ identity, tenantId });
}

export function ask(
  guard: PermissionsGuard,
  handler: string | ExecutionContext,
  scope: RequestScope | undefined,
): boolean | Promise<boolean> {
  const context = typeof handler === 'string' ? contextOf(handler) : handler;
  let answer: boolean | Promise<boolean> | undefined;
  // A separate request, to which the server has bound the scope, or none.
  const message = {};
  const call: ExecutionContext = Object.create(context, {
    getArgByIndex: { value: () => message },
  });
  if (scope === undefined) return guard.canActivate(call);
  bindScope(message, scope);
  runInScope(scope, () => {
    answer = guard.canActivate(call);
  });
  if (answer === undefined) throw new Error('the guard did not answer');
  return answer;
}

/** Returns the error that the guard throws synchronously, or `true`. */
export function verdict(
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

export const denied = (code: string, details: object = {}): unknown =>
  expect.objectContaining({ name: 'PatronusError', code, ...details });
