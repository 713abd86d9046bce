import type { ExecutionContext } from '@nestjs/common';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { AccessRequirement } from './rules/requirement.js';

/**
 * Records decisions, for operators and listeners. The guards depend on no other part of
 * observability.
 */
export abstract class DecisionLog {
  /**
   * Records that a call is allowed.
   *
   * @throws {PatronusError} `permission_denied` if a listener fails
   */
  abstract allow(scope: RequestScope | undefined, context: ExecutionContext): void;

  /**
   * Records that a call is denied, and writes the headers of the denial.
   *
   * @returns the error to throw, in the form of the transport
   */
  abstract deny(error: unknown, scope: RequestScope, context: ExecutionContext): unknown;

  /**
   * Records that a call without a scope is refused: its transport is not listed, or no `AuthGuard`
   * ran before.
   *
   * @returns the error to throw, in the form of the transport if that is known
   */
  abstract refuseUnseen(error: unknown, context: ExecutionContext): unknown;

  /**
   * Records a denial by {@link Access}, inside of a call or of a job.
   *
   * @param asked - the requirement that was checked, which is not the rule of the route
   * @returns the error to throw. The transport converts it when it leaves the handler.
   */
  abstract denyWork(
    error: PatronusError,
    asked: AccessRequirement,
    scope: RequestScope,
  ): PatronusError;
}
