import type { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import type { CallTarget } from './call-target.js';

/** What was refused, where no handler was asked for. */
export interface RefusedCall extends CallTarget {
  readonly transport: string;
  /** In the place of `Controller.handler`. */
  readonly route: string;
}

/** What a {@link Transport} may use of the application that it works for. */
export interface TransportHost {
  readonly config: ApplicationConfig;
  readonly discovery: DiscoveryService;
  /**
   * Finds out who sends a request, and for which tenant, as every guarded route does.
   *
   * @returns a scope with the identity and the tenant, for work that the request starts
   * @throws {PatronusError}
   */
  identify(request: GuardedRequest): Promise<RequestScope>;
  /**
   * Logs and tells a refusal of what reaches no handler.
   *
   * @returns the id of the decision, for its caller
   */
  refused(error: PatronusError, scope: RequestScope | undefined, call: RefusedCall): string;
}
