import { type INestApplication, type Type, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthGuard } from '../authentication/auth.guard.js';
import { Authenticator } from '../authentication/authenticator.js';
import { PermissionsGuard } from '../authorization/permissions.guard.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { PatronusError } from '../errors/patronus.error.js';
import { RequestScope, runRequest } from '../identity/request-scope.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import { type Arrival, beforeEverything } from './before-everything.js';
import { MountedContext } from './mounted-context.js';
import { ProtectedPaths } from './protected-paths.js';

const GUARDS = [AuthGuard, PermissionsGuard] as const;

/**
 * Guards paths that no controller answers: Swagger UI, static files, a mounted application.
 * Requests to the paths, and to anything beneath them, pass the same guards as a route with these
 * decorators, and are denied in the same way. Call it between `NestFactory.create()` and
 * `app.listen()`.
 *
 * Without decorators, it requires an authenticated caller, in a tenant if the application has
 * tenants. The parameter of `tenancy.path` is not read.
 *
 * @param paths - as callers see them, the global prefix included; not beneath a wildcard
 * @throws {PatronusConfigurationError} if a path is not valid, if the decorators contradict each
 * other or open the path to everyone, or if the HTTP adapter cannot be guarded
 * @example
 * protect(app, ['/docs', '/docs-json', '/docs-yaml'], RequirePermissions('docs.read'));
 * SwaggerModule.setup('docs', app, document);
 */
export function protect(
  app: INestApplication,
  paths: string | readonly string[],
  ...decorators: readonly MethodDecorator[]
): void {
  for (const decorator of decorators) refuseNoDecorator(decorator);
  const list = typeof paths === 'string' ? [paths] : paths;
  const covered = new ProtectedPaths(list);
  const { owner, handler } = marked(list, decorators);
  const rule = app.get(RuleRegistry, { strict: false }).ruleOf(owner, handler);
  if (rule.access !== 'authenticated') {
    throw new PatronusConfigurationError(
      'protect',
      'is given decorators that open the path to every caller.',
      'Leave @Public() and @OptionalAuth() out, or do not protect the path.',
    );
  }
  const check = checkOf(app, owner, handler);
  beforeEverything(app.get(HttpAdapterHost, { strict: false }).httpAdapter, (arrival) => {
    if (arrival.targets.every((target) => target === undefined || !isCovered(covered, target))) {
      arrival.proceed();
    } else {
      check(arrival);
    }
  });
  const calls = list.map((path) => `ALL ${path.replace(/\/$/, '')}/*`);
  const bound = { type: 'http', owner, handler, name: handler.name, calls } as const;
  app.get(HandlerExplorer, { strict: false }).add(bound);
}

/** @throws {PatronusConfigurationError} if something else is given in place of a decorator */
function refuseNoDecorator(given: unknown): void {
  if (typeof given === 'function') return;
  throw new PatronusConfigurationError(
    'protect',
    `is given ${JSON.stringify(given)}, which is no decorator.`,
    `Give decorators, such as RequirePermissions(${typeof given === 'string' ? `'${given}'` : '…'}).`,
  );
}

function isCovered(paths: ProtectedPaths, target: unknown): boolean {
  return typeof target !== 'string' || paths.cover(target);
}

/** Runs the guards, and then the rest of the request in the scope of the caller. */
function checkOf(
  app: INestApplication,
  owner: Type<unknown>,
  handler: Function,
): (arrival: Arrival) => void {
  const guards = GUARDS.map((guard) => app.get(guard, { strict: false }));
  const authenticator = app.get(Authenticator, { strict: false });
  const pass = async ({ request, reply }: Arrival): Promise<void> => {
    const context = new MountedContext(owner, handler, request, reply);
    for (const guard of guards) {
      if (await guard.canActivate(context)) continue;
      throw new PatronusError('permission_denied', { reason: 'a guard refuses' });
    }
  };
  return (arrival) => {
    const scope = new RequestScope(arrival.response, (one) => authenticator.authenticate(one));
    runRequest(scope, arrival.request, false, () => {
      pass(arrival).then(
        () => arrival.proceed(),
        (error: unknown) => arrival.proceed(error ?? new PatronusError('permission_denied')),
      );
    });
  };
}

/** Creates a handler with the decorators, in place of a route. */
function marked(
  paths: readonly string[],
  decorators: readonly MethodDecorator[],
): { readonly owner: Type<unknown>; readonly handler: Function } {
  const name = paths.join(',');
  class Protected {}
  const descriptor = { value: () => undefined, configurable: true, writable: true };
  Object.defineProperty(descriptor.value, 'name', { value: name });
  Object.defineProperty(Protected, 'name', { value: 'protect' });
  Object.defineProperty(Protected.prototype, name, descriptor);
  // Also read by Coverage.
  const guarded = [UseGuards(...GUARDS), ...decorators];
  for (const decorate of guarded.toReversed()) decorate(Protected.prototype, name, descriptor);
  return { owner: Protected, handler: descriptor.value };
}
