import type { RouteAccess } from '../authorization/rules/route-rule.js';
import type { HandlerType } from '../transport/handler-explorer.js';
import type { GuardReading } from './guards-in-force.js';

/** One handler: what reaches it, what its decorators ask for, and which guards stand before it. */
export interface HandlerCoverage extends GuardReading {
  readonly transport: HandlerType;
  /** `PatientsController.list`. */
  readonly handler: string;
  /** `GET /patients/:id`, `MESSAGE chat`, `RPC sum`, `QUERY patients`: one for each path or pattern. */
  readonly calls: readonly string[];
  readonly access: RouteAccess;
  readonly tenantOptional: boolean;
  /** As they are written: `@RequirePermissions('patients.read')`. */
  readonly requires: readonly string[];
  /**
   * Whether a decorator on the handler or on its class says who may come in. Behind the guards, a
   * handler without one is open to every known caller.
   */
  readonly isRuled: boolean;
}
