import { Controller, Get, Module } from '@nestjs/common';
import { RequirePlatformPermissions, TenantOptional } from '@patronus/nestjs';
import { type AuditEntry, AuditTrail } from './audit-trail.js';

@Controller('audit')
class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @RequirePlatformPermissions('audit.read')
  @TenantOptional()
  list(): Promise<AuditEntry[]> {
    return this.trail.list();
  }
}

@Module({
  controllers: [AuditController],
  providers: [AuditTrail],
  exports: [AuditTrail],
})
export class AuditModule {}
