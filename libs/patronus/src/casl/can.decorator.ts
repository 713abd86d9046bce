import type { Type } from '@nestjs/common';
import { requireLoader } from '../authorization/policies/policy-requirement.js';
import { routeMark, type RouteDecorator } from '../authorization/rules/route-mark.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { CaslResource } from './casl-resource.js';

/**
 * Checks with the rules of CASL that the caller may act on the resource that the request is for.
 * Works like `@Authorize()`: 404 for a resource that does not exist or belongs to another tenant,
 * 403 if the rules refuse.
 *
 * @throws {PatronusConfigurationError} if the action is missing, or the resource is not a class
 * @example
 * @Patch(':id') @Can('update', AppointmentResource) edit(@Resource() appointment: Appointment) {}
 */
export function Can(action: string, resource: Type<CaslResource>): RouteDecorator {
  if (typeof action !== 'string' || action === '') {
    throw new PatronusConfigurationError('@Can()', 'names no action.', "Write @Can('update', …).");
  }
  requireLoader(`@Can('${action}')`, resource);
  return routeMark({
    kind: 'policy',
    decorator: `@Can('${action}', ${resource.name})`,
    loader: resource,
    methods: ['allows'],
    permits: (loader: CaslResource, found, context) => loader.allows(action, found, context),
  });
}
