import type { OnApplicationShutdown } from '@nestjs/common';
import type { ClinicDatabase } from './clinic-database.js';

/** The clinic's database, with its tables, its people, and its tenants apart. Ends with the clinic. */
export class ClinicStorage implements OnApplicationShutdown {
  readonly transactions: ClinicDatabase['transactions'];

  constructor(
    private readonly database: ClinicDatabase,
    /** The role of the tenants' transactions, where it is not the connection's own. */
    readonly role: string | undefined,
  ) {
    this.transactions = database.transactions;
  }

  get place(): string {
    return this.database.place;
  }

  /** The tenants that there are. Holds nothing of theirs. */
  tenantIds(): Promise<string[]> {
    return this.database.session(async (session) => {
      const { rows } = await session.query<{ id: string }>('select id from tenants order by id');
      return rows.map(({ id }) => id);
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
