import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { CallTarget } from './call-target.js';
import type { GuardedRequest } from './guarded-request.js';
import type { TransportHost } from './transport-host.js';

/**
 * Transport of calls. It tells the guards where the credential of a call is, and denies callers in
 * its own form. HTTP is built in. Other transports are listed in the option `transports`, and calls
 * of one that is not listed are denied.
 */
export abstract class Transport {
  /** Result of `ExecutionContext.getType()` for its calls: `ws`, `rpc`, `graphql`. */
  abstract readonly type: string;

  /**
   * Returns the request that holds the credential of a call. Called once for each call.
   *
   * @throws {PatronusError} if the call holds none, or holds it in a way that is not allowed
   */
  abstract requestOf(context: ExecutionContext): GuardedRequest;

  /** Returns the target of the call. Must not throw. */
  abstract targetOf(context: ExecutionContext): CallTarget;

  /**
   * Returns the error to throw in this transport's own class, with the code and the sentence of
   * `error`.
   */
  abstract denial(
    error: PatronusError,
    decisionId: string | undefined,
    context: ExecutionContext,
  ): Error;

  /**
   * Returns the scope of the request that the call is a part of, such as an HTTP request. Undefined
   * for none.
   */
  ownScope(_context: ExecutionContext): RequestScope | undefined {
    return undefined;
  }

  /**
   * Called after the caller is admitted, for objects that outlive the call, such as a connection.
   */
  admitted(_context: ExecutionContext, _scope: RequestScope): void {}

  /** Called before any handler of the application is bound. */
  start(_host: TransportHost): void {}

  /**
   * Called once every provider is created, before Nest binds resolvers: factories may have provided
   * some.
   */
  bindProvided(): void {}

  /**
   * Called once every provider is created.
   *
   * @throws {PatronusConfigurationError} if the configuration of the application lets calls bypass
   * the guards
   */
  verify(): void {}

  /** Called when the application ends. */
  stop(): void {}
}
