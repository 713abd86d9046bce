import type { RouteAccess } from '../authorization/rules/route-rule.js';
import type { HandlerType } from '../transport/handler-explorer.js';

/** One handler, what reaches it, and what it asks for. */
export interface HandlerCoverage {
  readonly transport: HandlerType;
  /** `PatientsController.list`. */
  readonly handler: string;
  /** `GET /patients/:id`, `MESSAGE chat`, `RPC sum`, `QUERY patients`: more than one with more paths. */
  readonly calls: readonly string[];
  readonly access: RouteAccess;
  readonly tenantOptional: boolean;
  /** As they are written: `@RequirePermissions('patients.read')`. */
  readonly requires: readonly string[];
  /**
   * Whether somebody wrote who may come in, on the handler or on its class. What nobody wrote a rule
   * for is open to every caller who is known.
   */
  readonly isRuled: boolean;
}
