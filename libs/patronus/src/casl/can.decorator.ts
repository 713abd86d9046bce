import type { Type } from '@nestjs/common';
import { requireLoader } from '../authorization/policies/policy-requirement.js';
import { routeMark, type RouteDecorator } from '../authorization/rules/route-mark.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { CaslResource } from './casl-resource.js';

/**
 * Asks the rules of CASL whether the caller may do it to the resource that the request is for. Works
 * like `@Authorize()`: 404 for what does not exist or is another tenant's, 403 for what the rules
 * refuse.
 *
 * @throws {PatronusConfigurationError} where no action or something else than a class is named
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
