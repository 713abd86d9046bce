import { routeMark, type RouteDecorator } from './route-mark.js';

/**
 * Lets a caller in who belongs to no tenant, where `tenancy` is configured: `TenantContext.id` then
 * throws. For routes above the tenants, such as the list of those that a person may choose from.
 */
export function TenantOptional(): RouteDecorator {
  return routeMark({ kind: 'tenant-optional' });
}
