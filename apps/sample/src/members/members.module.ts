import { Module } from '@nestjs/common';
import { MembersRepository } from './members.repository.js';
import { StaffMemberships } from './staff.memberships.js';
import { StaffPermissionSource } from './staff.permission-source.js';

@Module({
  providers: [MembersRepository, StaffMemberships, StaffPermissionSource],
  exports: [MembersRepository, StaffMemberships, StaffPermissionSource],
})
export class MembersModule {}
