import { createParamDecorator } from '@nestjs/common';
import { currentTenantId } from './current-tenant-id.js';

/**
 * Tenant of the request, as a string.
 *
 * @throws {PatronusError} `tenant_required` if there is none.
 * @example
 * list(@CurrentTenant() tenantId: string) {}
 */
export const CurrentTenant = createParamDecorator(() => currentTenantId());
