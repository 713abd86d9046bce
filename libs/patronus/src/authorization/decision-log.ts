import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { AccessRequirement } from './rules/requirement.js';

/** Records what is decided, for operators and listeners. The guards need no more of observability. */
export abstract class DecisionLog {
  /**
   * Records that a call gets through.
   *
   * @throws {PatronusError} `permission_denied` if a listener fails
   */
  abstract allow(scope: RequestScope | undefined, context: ExecutionContext): void;

  /**
   * Records that a call is denied, and writes the headers of the denial.
   *
   * @returns the error to throw, in the words of the transport
   */
  abstract deny(error: unknown, scope: RequestScope, context: ExecutionContext): unknown;

  /**
   * Records that a call is refused that has no scope: its transport is not listed, or no `AuthGuard` has
   * seen it.
   *
   * @returns the error to throw, in the words of the transport if it is known
   */
  abstract refuseUnseen(error: unknown, context: ExecutionContext): unknown;

  /**
   * Records a denial by {@link Access}, inside of a call or of a job.
   *
   * @param asked - what was asked for, which is not the rule of the route
   * @returns the error to throw. The transport says it in its words once it leaves the handler.
   */
  abstract denyWork(
    error: PatronusError,
    asked: AccessRequirement,
    scope: RequestScope,
  ): PatronusError;
}
