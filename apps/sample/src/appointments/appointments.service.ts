import { Injectable, NotFoundException } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { AuditTrail } from '../audit/audit-trail.js';
import type { Appointment } from './appointment.js';
import { AppointmentsRepository } from './appointments.repository.js';

@Injectable()
export class AppointmentsService {
  constructor(
    private readonly tenant: TenantContext,
    private readonly appointments: AppointmentsRepository,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<Appointment[]> {
    return this.appointments.list(this.tenant.id);
  }

  async cancel(id: string, by: string): Promise<Appointment> {
    const cancelled = await this.appointments.cancel(this.tenant.id, id);
    if (!cancelled) throw new NotFoundException('There is no such appointment.');
    this.audit.record({ tenantId: this.tenant.id, action: 'appointment.cancel', subject: id, by });
    return cancelled;
  }
}
