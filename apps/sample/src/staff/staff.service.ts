import { Injectable, NotFoundException } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { AuditTrail } from '../audit/audit-trail.js';
import type { StaffMember } from './staff-member.js';
import { StaffRepository } from './staff.repository.js';

@Injectable()
export class StaffService {
  constructor(
    private readonly tenant: TenantContext,
    private readonly staff: StaffRepository,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<StaffMember[]> {
    return this.staff.list(this.tenant.id);
  }

  async remove(id: string, by: string): Promise<StaffMember> {
    const removed = await this.staff.deactivate(this.tenant.id, id);
    if (!removed) throw new NotFoundException('There is no such member of staff.');
    this.audit.record({ tenantId: this.tenant.id, action: 'staff.remove', subject: id, by });
    return removed;
  }
}
