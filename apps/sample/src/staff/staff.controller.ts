import { Controller, Delete, Get, Param, UseGuards, Module } from '@nestjs/common';
import {
  AuthGuard,
  CurrentUser,
  Identity,
  PermissionsGuard,
  RequirePermissions,
  RequireRoles,
} from '@patronus/nestjs';
import { RecordIdPipe } from '../storage/record-id.pipe.js';
import { type StaffMember, StaffRepository } from './staff.repository.js';
import { StaffService } from './staff.service.js';
import { AuditModule } from '../audit/audit.controller.js';

/** Has explicit guards beside the global ones. They decide the same, and nothing is checked twice. */
@Controller('staff')
@UseGuards(AuthGuard, PermissionsGuard)
export class StaffController {
  constructor(private readonly staff: StaffService) {}

  @Get()
  @RequireRoles('tenant-admin')
  list(): Promise<StaffMember[]> {
    return this.staff.list();
  }

  @Delete(':id')
  @RequirePermissions('staff.remove')
  remove(
    @Param('id', RecordIdPipe) id: string,
    @CurrentUser() user: Identity,
  ): Promise<StaffMember> {
    return this.staff.remove(id, user.id);
  }
}

@Module({
  imports: [AuditModule],
  controllers: [StaffController],
  providers: [StaffService, StaffRepository],
})
export class StaffModule {}
