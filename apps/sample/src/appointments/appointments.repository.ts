import { Injectable } from '@nestjs/common';
import type { Appointment } from './appointment.js';

type Seed = readonly [tenantId: string, id: string, patientId: string, at: string];

const SEEDS: readonly Seed[] = [
  ['clinica-norte', 'norte-1', 'ana-ruiz', '2026-03-02T09:00:00Z'],
  ['clinica-norte', 'norte-2', 'bruno-diaz', '2026-03-02T09:30:00Z'],
  ['clinica-sur', 'sur-1', 'dario-vega', '2026-03-02T10:00:00Z'],
];

@Injectable()
export class AppointmentsRepository {
  private readonly tenants = new Map<string, Map<string, Appointment>>();

  constructor() {
    for (const [tenantId, id, patientId, at] of SEEDS) {
      const appointments = this.tenants.get(tenantId) ?? new Map<string, Appointment>();
      appointments.set(id, { id, patientId, at, status: 'booked' });
      this.tenants.set(tenantId, appointments);
    }
  }

  async list(tenantId: string): Promise<Appointment[]> {
    return [...(this.tenants.get(tenantId)?.values() ?? [])];
  }

  async cancel(tenantId: string, id: string): Promise<Appointment | undefined> {
    const appointments = this.tenants.get(tenantId);
    const booked = appointments?.get(id);
    if (!appointments || !booked) return undefined;
    const cancelled: Appointment = { ...booked, status: 'cancelled' };
    appointments.set(id, cancelled);
    return cancelled;
  }
}
