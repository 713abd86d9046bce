import { createParamDecorator } from '@nestjs/common';
import { TenantContext } from './tenant-context.js';

const tenant = new TenantContext();

/**
 * The tenant of the request, as a string.
 *
 * @throws {PatronusError} `tenant_required` where there is none.
 * @example
 * list(@CurrentTenant() tenantId: string) {}
 */
export const CurrentTenant = createParamDecorator(() => tenant.id);
