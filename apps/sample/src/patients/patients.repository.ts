import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { NewPatient, Patient } from './patient.js';

interface PatientRow extends Patient {
  readonly tenantId: string;
}

@Injectable()
export class PatientsRepository {
  private readonly rows: PatientRow[] = [
    { tenantId: 'clinica-norte', id: 'ana-ruiz', name: 'Ana Ruiz', born: '1984-02-29' },
    { tenantId: 'clinica-norte', id: 'bruno-diaz', name: 'Bruno Díaz', born: '1971-11-03' },
    { tenantId: 'clinica-norte', id: 'carla-nunez', name: 'Carla Núñez', born: '2015-06-18' },
    { tenantId: 'clinica-sur', id: 'dario-vega', name: 'Darío Vega', born: '1990-09-09' },
    { tenantId: 'clinica-sur', id: 'elsa-prieto', name: 'Elsa Prieto', born: '1958-01-25' },
  ];

  async list(tenantId: string): Promise<Patient[]> {
    return this.rows.filter((row) => row.tenantId === tenantId).map(toPatient);
  }

  async find(tenantId: string, id: string): Promise<Patient | undefined> {
    const found = this.rows.find((row) => row.tenantId === tenantId && row.id === id);
    return found && toPatient(found);
  }

  async add(tenantId: string, { name, born }: NewPatient): Promise<Patient> {
    const row = { tenantId, id: randomUUID(), name, born };
    this.rows.push(row);
    return toPatient(row);
  }
}

function toPatient({ id, name, born }: PatientRow): Patient {
  return { id, name, born };
}
