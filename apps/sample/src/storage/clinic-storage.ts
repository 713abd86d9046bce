import type { OnApplicationShutdown } from '@nestjs/common';
import type { ClinicDatabase } from './clinic-database.js';
import type { SqlSession } from './sql-session.js';

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
    return this.outsideTenants(async (session) => {
      const { rows } = await session.query<{ id: string }>('select id from tenants order by id');
      return rows.map(({ id }) => id);
    });
  }

  /** For what belongs to no tenant. The session may show the rows of all: ask it for none of them. */
  outsideTenants<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.database.session(work);
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}
