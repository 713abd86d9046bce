import { Injectable } from '@nestjs/common';
import { TenantDatabase } from '@patronus/nestjs/postgres';

export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

/** Statements do not filter by tenant, because the database shows only the rows of the current one. */
@Injectable()
export class StaffRepository {
  constructor(private readonly database: TenantDatabase) {}

  async list(): Promise<StaffMember[]> {
    const query = 'select id, name, active from staff order by position';
    return (await this.database.query<StaffMember>(query)).rows;
  }

  /** Closes the member's account. The record stays, for the history of their patients. */
  async deactivate(id: string): Promise<StaffMember | undefined> {
    const query = 'update staff set active = false where id = $1 returning id, name, active';
    return (await this.database.query<StaffMember>(query, [id])).rows[0];
  }
}
