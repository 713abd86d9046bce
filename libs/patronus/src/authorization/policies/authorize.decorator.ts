import { applyDecorators, type Type } from '@nestjs/common';
import { routeMark, type RouteDecorator } from '../rules/route-mark.js';
import { requireLoader } from './policy-requirement.js';
import type { ResourcePolicy } from './resource-policy.js';

/**
 * Asks injectable policies about the resource that a request is for. All of them must permit the
 * request. They run after every other requirement of the route is met. `@Resource()` injects the
 * resource.
 *
 * A missing resource and one of another tenant give the same answer: 404.
 *
 * @throws {PatronusConfigurationError} if an argument is not a class
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
