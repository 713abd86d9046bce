import type { RouteAccess } from '../authorization/rules/route-rule.js';
import type { HandlerType } from '../transport/handler-explorer.js';
import type { GuardReading } from './guards-in-force.js';

/** Handler with its calls, the requirements of its decorators, and the guards before it. */
export interface HandlerCoverage extends GuardReading {
  readonly transport: HandlerType;
  /** Class and method: `PatientsController.list`. */
  readonly handler: string;
  /**
   * Calls, one for each path or pattern: `GET /patients/:id`, `MESSAGE chat`, `RPC sum`,
   * `QUERY patients`.
   */
  readonly calls: readonly string[];
  readonly access: RouteAccess;
  readonly tenantOptional: boolean;
  /** Decorators as they are written: `@RequirePermissions('patients.read')`. */
  readonly requires: readonly string[];
  /**
   * True if a decorator on the handler or on its class states who may call it. Behind the guards, a
   * handler without one is open to every authenticated caller.
   */
  readonly isRuled: boolean;
}
