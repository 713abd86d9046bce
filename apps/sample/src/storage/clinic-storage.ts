import { type OnApplicationShutdown, type DynamicModule, Module } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import type { ClinicDatabase, SqlSession } from './clinic-database.js';

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

@Module({})
export class StorageModule {
  static for(storage: ClinicStorage): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        { provide: ClinicStorage, useValue: storage },
        {
          provide: TenantDatabase,
          inject: [TenantContext],
          useFactory: (tenant: TenantContext) =>
            new TenantDatabase(storage.transactions, tenant, { role: storage.role }),
        },
      ],
      exports: [ClinicStorage, TenantDatabase],
    };
  }
}
