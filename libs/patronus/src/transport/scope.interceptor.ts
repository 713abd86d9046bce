import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { catchError, Observable, throwError } from 'rxjs';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, type RequestScope, runInScope } from '../identity/request-scope.js';
import type { BoundHandler } from './handler-explorer.js';
import type { RunningCall, Transports } from './transports.js';

/**
 * Metadata key under which Nest keeps the interceptors of a handler; its packages do not export it.
 */
const INTERCEPTORS = '__interceptors__';

type Refuse = (error: PatronusError, context: ExecutionContext) => unknown;

/**
 * Runs handlers of transports other than HTTP inside of the scope that the guards opened for the
 * call, and converts denials to the form of the transport. Routes do not need it, because their
 * scope is opened on the server. They get an interceptor that restores it, if an interceptor of the
 * application might open another store around the handler.
 */
export class ScopeInterceptor implements NestInterceptor {
  /** Interceptor nearest to the handler. */
  readonly #restorer: ScopeRestorer;

  /**
   * Creates the interceptor.
   *
   * @param refuse - refuses a call that no guard has checked, and returns the error to throw;
   * undefined lets it through. A hybrid application without `inheritAppConfig` has no global guards
   * on its microservices
   */
  constructor(
    private readonly transports: Transports,
    private readonly refuse: Refuse | undefined,
  ) {
    this.#restorer = new ScopeRestorer(transports);
  }

  /**
   * Adds the interceptor to handlers, before Nest binds them. Replaces that of an earlier
   * application.
   *
   * @param binding - called each time that Nest binds one of them; throws to refuse
   */
  putOn(handlers: readonly BoundHandler[], binding?: (handler: BoundHandler) => void): void {
    for (const bound of handlers) {
      if (bound.type === 'http') continue;
      const others = interceptorsOn(bound.handler);
      const list = others.length === 0 ? [this] : [this, ...others, this.#restorer];
      if (binding !== undefined) tellOfReading(list, () => binding(bound));
      Reflect.defineMetadata(INTERCEPTORS, list, bound.handler);
    }
  }

  /**
   * Adds the interceptor to routes, once every interceptor of the application is known. A route
   * without interceptors has nothing between its guards and its handler, and does not need this.
   *
   * @param ofAll - the global interceptors of the application
   */
  putOnRoutes(handlers: readonly BoundHandler[], ofAll: readonly unknown[]): void {
    for (const { type, owner, handler } of handlers) {
      if (type !== 'http') continue;
      const others = interceptorsOn(handler);
      const isAlone = ofAll.length + interceptorsOn(owner).length + others.length === 0;
      if (isAlone) Reflect.deleteMetadata(INTERCEPTORS, handler);
      else Reflect.defineMetadata(INTERCEPTORS, [...others, this.#restorer], handler);
    }
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = this.transports.callOf(context);
    if (call !== undefined) return within(call, context, next);
    if (this.refuse === undefined) return next.handle();
    throw this.refuse(
      new PatronusError('transport_unsupported', {
        reason: 'no guard has checked the call',
        remedy: 'Pass { inheritAppConfig: true } to connectMicroservice().',
      }),
      context,
    );
  }
}

/** Runs the handler inside of the scope of the call, if another store was opened in between. */
class ScopeRestorer implements NestInterceptor {
  constructor(private readonly transports: Transports) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const scope = this.transports.callOf(context)?.scope;
    if (scope === undefined || isInside(scope, context)) return next.handle();
    return inScope(scope, context, next);
  }
}

/** Returns the global interceptors, with the classes of those that are created for each request. */
export function globalInterceptors(config: ApplicationConfig): readonly unknown[] {
  const ofRequests = config.getGlobalRequestInterceptors().map(({ metatype }): unknown => metatype);
  return [...config.getGlobalInterceptors(), ...ofRequests];
}

/** Returns the application's own interceptors on a class or on a handler. */
function interceptorsOn(target: Function): readonly unknown[] {
  const known: unknown = Reflect.getMetadata(INTERCEPTORS, target);
  const all: readonly unknown[] = Array.isArray(known) ? known : [];
  return all.filter((one) => !(one instanceof ScopeInterceptor || one instanceof ScopeRestorer));
}

function within(
  { transport, scope }: RunningCall,
  context: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  return inScope(scope, context, next).pipe(
    catchError((error: unknown) =>
      throwError(() =>
        error instanceof PatronusError ? transport.denial(error, scope.decisionId, context) : error,
      ),
    ),
  );
}

function inScope(
  scope: RequestScope,
  context: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  return new Observable<unknown>((subscriber) => {
    const handle = () => next.handle().subscribe(subscriber);
    return isInside(scope, context) ? handle() : runInScope(scope, handle);
  });
}

/**
 * Returns true if a call runs in its scope. A route runs in its request, or in a scope that the
 * application opened inside of that: `TenantContext.run`. Any other call runs in its own scope
 * only.
 */
function isInside(scope: RequestScope, context: ExecutionContext): boolean {
  const current = currentScope();
  if (current === scope) return true;
  if (current === undefined || context.getType() !== 'http') return false;
  return current.response === undefined || current.response === scope.response;
}

/**
 * Calls a function when a list is read. Nest iterates over the interceptors of a handler when it
 * binds it, and never after that.
 */
function tellOfReading(list: unknown[], tell: () => void): void {
  Object.defineProperty(list, Symbol.iterator, {
    value: () => {
      tell();
      return Array.prototype.values.call(list);
    },
  });
}
