import type { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import type { RequestScope } from '../identity/request-scope.js';
import type { GuardedRequest } from './guarded-request.js';

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
}
