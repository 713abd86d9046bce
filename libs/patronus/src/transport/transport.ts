import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { CallTarget } from './call-target.js';
import type { GuardedRequest } from './guarded-request.js';
import type { TransportHost } from './transport-host.js';

/**
 * A way for calls to come in: tells the guards where the credential of a call is, and callers why
 * they are refused, in the words of that transport. HTTP is built in; others are listed in the option
 * `transports`, and what is not listed is denied.
 */
export abstract class Transport {
  /** What `ExecutionContext.getType()` says of its calls: `ws`, `rpc`, `graphql`. */
  abstract readonly type: string;

  /**
   * The request that holds the credential of a call. Asked once for each call.
   *
   * @throws {PatronusError} where the call holds none, or holds it in a way that is not allowed
   */
  abstract requestOf(context: ExecutionContext): GuardedRequest;

  /** What the call is about. Must not throw. */
  abstract targetOf(context: ExecutionContext): CallTarget;

  /** The error to throw in this transport's own class, with the code and the sentence of `error`. */
  abstract denial(
    error: PatronusError,
    decisionId: string | undefined,
    context: ExecutionContext,
  ): Error;

  /** The scope of the request that the call is a part of, such as an HTTP request; undefined for none. */
  ownScope(_context: ExecutionContext): RequestScope | undefined {
    return undefined;
  }

  /** Who calls is known, and may come in: for what outlives the call, such as a connection. */
  admitted(_context: ExecutionContext, _scope: RequestScope): void {}

  /** Before any handler of the application is bound. */
  start(_host: TransportHost): void {}

  /** Once every provider is made, before Nest binds resolvers: factories may have provided some. */
  bindProvided(): void {}

  /**
   * Once every provider is made.
   *
   * @throws {PatronusConfigurationError} where the application is configured so that calls would get
   * past the guards
   */
  verify(): void {}

  /** The application ends. */
  stop(): void {}
}
