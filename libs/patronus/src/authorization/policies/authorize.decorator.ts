import { applyDecorators, type Type } from '@nestjs/common';
import { routeMark, type RouteDecorator } from '../rules/route-mark.js';
import { requireLoader } from './policy-requirement.js';
import type { ResourcePolicy } from './resource-policy.js';

/**
 * Asks injectable policies about the resource that a request is for. All must permit. They are asked
 * once everything else that the route asks for is met; `@Resource()` hands the resource on.
 *
 * A resource that does not exist and one of another tenant give the same answer: 404.
 *
 * @throws {PatronusConfigurationError} where something else than a class is named
 * @example
 * @Patch(':id') @Authorize(CanEditAppointment) edit(@Resource() appointment: Appointment) {}
 */
export function Authorize(
  ...policies: readonly [Type<ResourcePolicy>, ...Type<ResourcePolicy>[]]
): RouteDecorator {
  if (policies.length === 0) requireLoader('@Authorize()', undefined);
  return applyDecorators(...policies.toReversed().map(authorizeBy));
}

function authorizeBy(policy: Type<ResourcePolicy>): RouteDecorator {
  requireLoader('@Authorize()', policy);
  return routeMark({
    kind: 'policy',
    decorator: `@Authorize(${policy.name})`,
    loader: policy,
    methods: ['permits'],
    permits: (loader: ResourcePolicy, resource, context) => loader.permits(resource, context),
  });
}
