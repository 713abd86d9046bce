import type { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import type { PatronusError } from '../errors/patronus.error.js';
import type { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';
import type { CallTarget } from './call-target.js';
import type { BoundHandler } from './handler-explorer.js';

/** Refused call, if no handler was called. */
export interface RefusedCall extends CallTarget {
  readonly transport: string;
  /** Replaces `Controller.handler`. */
  readonly route: string;
}

/** Part of the application that a {@link Transport} may use. */
export interface TransportHost {
  readonly config: ApplicationConfig;
  readonly discovery: DiscoveryService;
  /**
   * Returns the guards that Nest runs before a handler, as classes and instances: those that
   * `coverage` counts.
   */
  guardsBefore(bound: Pick<BoundHandler, 'type' | 'owner' | 'handler'>): readonly unknown[];
  /**
   * Authenticates a request and determines its tenant, as every guarded route does.
   *
   * @returns a scope with the identity and the tenant, for work that the request starts
   * @throws {PatronusError}
   */
  identify(request: GuardedRequest): Promise<RequestScope>;
  /**
   * Logs and reports a refusal without a handler.
   *
   * @returns the id of the decision, for its caller
   */
  refused(error: PatronusError, scope: RequestScope | undefined, call: RefusedCall): string;
}
