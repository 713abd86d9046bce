import { Injectable } from '@nestjs/common';
import type { StaffMember } from './staff-member.js';

interface StaffRow extends StaffMember {
  readonly tenantId: string;
}

@Injectable()
export class StaffRepository {
  private rows: readonly StaffRow[] = [
    { tenantId: 'clinica-norte', id: 'rosa-marin', name: 'Rosa Marín', active: true },
    { tenantId: 'clinica-norte', id: 'diego-salas', name: 'Diego Salas', active: true },
    { tenantId: 'clinica-norte', id: 'teo-lozano', name: 'Teo Lozano', active: true },
    { tenantId: 'clinica-norte', id: 'ines-mora', name: 'Inés Mora', active: true },
    { tenantId: 'clinica-sur', id: 'olga-rey', name: 'Olga Rey', active: true },
  ];

  async list(tenantId: string): Promise<StaffMember[]> {
    return this.rows.filter((row) => row.tenantId === tenantId).map(toStaffMember);
  }

  /** Closes the member's account. The record stays, for the history of their patients. */
  async deactivate(tenantId: string, id: string): Promise<StaffMember | undefined> {
    const isTarget = (row: StaffRow) => row.tenantId === tenantId && row.id === id;
    this.rows = this.rows.map((row) => (isTarget(row) ? { ...row, active: false } : row));
    const row = this.rows.find(isTarget);
    return row && toStaffMember(row);
  }
}

function toStaffMember({ id, name, active }: StaffRow): StaffMember {
  return { id, name, active };
}
