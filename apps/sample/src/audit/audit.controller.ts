import { Controller, Get } from '@nestjs/common';
import { RequirePlatformPermissions, TenantOptional } from '@patronus/nestjs';
import type { AuditEntry } from './audit-entry.js';
import { AuditTrail } from './audit-trail.js';

@Controller('audit')
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @RequirePlatformPermissions('audit.read')
  @TenantOptional()
  list(): Promise<AuditEntry[]> {
    return this.trail.list();
  }
}
