import { Injectable } from '@nestjs/common';
import { TenantDatabase } from '@patronus/nestjs/postgres';

export interface Appointment {
  readonly id: string;
  readonly patientId: string;
  readonly at: string;
  readonly status: 'booked' | 'cancelled';
}

const COLUMNS = `id, patient_id as "patientId", status,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`;

/** Statements do not filter by tenant, because the database shows only the rows of the current one. */
@Injectable()
export class AppointmentsRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(): Promise<Appointment[]> {
    const query = `select ${COLUMNS} from appointments order by position`;
    return (await this.database.query<Appointment>(query)).rows;
  }

  async cancel(id: string): Promise<Appointment | undefined> {
    const query = `update appointments set status = 'cancelled' where id = $1 returning ${COLUMNS}`;
    return (await this.database.query<Appointment>(query, [id])).rows[0];
  }
}
