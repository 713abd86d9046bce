import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantDatabase } from '@patronus/nestjs/postgres';

export interface Patient {
  readonly id: string;
  readonly name: string;
  readonly born: string;
}

export type NewPatient = Omit<Patient, 'id'>;

const COLUMNS = 'id, name, born::text as born';

/** Statements do not filter by tenant, because the database shows only the rows of the current one. */
@Injectable()
export class PatientsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(): Promise<Patient[]> {
    const query = `select ${COLUMNS} from patients order by position`;
    return (await this.database.query<Patient>(query)).rows;
  }

  async find(id: string): Promise<Patient | undefined> {
    const query = `select ${COLUMNS} from patients where id = $1`;
    return (await this.database.query<Patient>(query, [id])).rows[0];
  }

  async add(tenantId: string, { name, born }: NewPatient): Promise<Patient> {
    const patient = { id: randomUUID(), name, born };
    await this.database.query(
      'insert into patients (tenant_id, id, name, born) values ($1, $2, $3, $4)',
      [tenantId, patient.id, name, born],
    );
    return patient;
  }
}
