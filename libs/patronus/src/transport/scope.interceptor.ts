import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError, Observable, throwError } from 'rxjs';
import { PatronusError } from '../errors/patronus.error.js';
import { currentScope, runInScope } from '../identity/request-scope.js';
import type { BoundHandler } from './handler-explorer.js';
import type { RunningCall, Transports } from './transports.js';

/** Where Nest keeps the interceptors of a handler; its packages do not export the name. */
const INTERCEPTORS = '__interceptors__';

type Refuse = (error: PatronusError, context: ExecutionContext) => unknown;

/**
 * Runs handlers of other transports than HTTP inside of the scope that the guards opened for the
 * call, and says their denials in the words of the transport. It is put onto those handlers alone, so
 * that routes do not pay for it.
 */
export class ScopeInterceptor implements NestInterceptor {
  /**
   * @param refuse - refuses a call that no guard has seen, and returns what to throw; undefined lets it
   * through. A hybrid application without `inheritAppConfig` has no global guards on its microservices
   */
  constructor(
    private readonly transports: Transports,
    private readonly refuse: Refuse | undefined,
  ) {}

  /**
   * Before Nest binds the handlers. The interceptor of an earlier application is replaced.
   *
   * @param binding - is told each time that Nest binds one of them: it may refuse by throwing
   */
  putOn(handlers: readonly BoundHandler[], binding?: (handler: BoundHandler) => void): void {
    for (const bound of handlers) {
      if (bound.type === 'http') continue;
      const known: unknown = Reflect.getMetadata(INTERCEPTORS, bound.handler);
      const others: unknown[] = Array.isArray(known) ? known : [];
      const list = [this, ...others.filter((one) => !(one instanceof ScopeInterceptor))];
      if (binding !== undefined) tellOfReading(list, () => binding(bound));
      Reflect.defineMetadata(INTERCEPTORS, list, bound.handler);
    }
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = this.transports.callOf(context);
    if (call !== undefined) return within(call, context, next);
    if (this.refuse === undefined) return next.handle();
    throw this.refuse(
      new PatronusError('transport_unsupported', {
        reason:
          'no guard has seen the call: pass { inheritAppConfig: true } to connectMicroservice()',
      }),
      context,
    );
  }
}

function within(
  { transport, scope }: RunningCall,
  context: ExecutionContext,
  next: CallHandler,
): Observable<unknown> {
  return new Observable<unknown>((subscriber) => {
    const handle = () => next.handle().subscribe(subscriber);
    return currentScope() === scope ? handle() : runInScope(scope, handle);
  }).pipe(
    catchError((error: unknown) =>
      throwError(() =>
        error instanceof PatronusError ? transport.denial(error, scope.decisionId, context) : error,
      ),
    ),
  );
}

/** Nest goes through the interceptors of a handler when it binds it, and never after that. */
function tellOfReading(list: unknown[], tell: () => void): void {
  Object.defineProperty(list, Symbol.iterator, {
    value: () => {
      tell();
      return Array.prototype.values.call(list);
    },
  });
}
