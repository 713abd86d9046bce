import { Injectable, NotFoundException } from '@nestjs/common';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { AuditTrail } from '../audit/audit-trail.js';
import { type StaffMember, StaffRepository } from './staff.repository.js';

@Injectable()
export class StaffService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly staff: StaffRepository,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<StaffMember[]> {
    return this.staff.list();
  }

  remove(id: string, by: string): Promise<StaffMember> {
    return this.database.transaction(async () => {
      const removed = await this.staff.deactivate(id);
      if (!removed) throw new NotFoundException('There is no such member of staff.');
      await this.audit.record({ action: 'staff.remove', subject: id, by });
      return removed;
    });
  }
}
