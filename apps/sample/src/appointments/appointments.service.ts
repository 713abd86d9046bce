import { Injectable, NotFoundException } from '@nestjs/common';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { AuditTrail } from '../audit/audit-trail.js';
import { type Appointment, AppointmentsRepository } from './appointments.repository.js';

@Injectable()
export class AppointmentsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly appointments: AppointmentsRepository,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<Appointment[]> {
    return this.appointments.list();
  }

  cancel(id: string, by: string): Promise<Appointment> {
    return this.database.transaction(async () => {
      const cancelled = await this.appointments.cancel(id);
      if (!cancelled) throw new NotFoundException('There is no such appointment.');
      await this.audit.record({ action: 'appointment.cancel', subject: id, by });
      return cancelled;
    });
  }
}
