import { type OnApplicationShutdown, type DynamicModule, Module } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import type { ClinicDatabase, SqlSession } from './clinic-database.js';

/** The clinic's database with its tables, isolated by tenant. Closed with the clinic. */
export class ClinicStorage implements OnApplicationShutdown {
  readonly transactions: ClinicDatabase['transactions'];

  constructor(
    private readonly database: ClinicDatabase,
    /** The role of the tenants' transactions. Undefined if it is the role of the connection. */
    readonly role: string | undefined,
  ) {
    this.transactions = database.transactions;
  }

  get place(): string {
    return this.database.place;
  }

  /** Lists the ids of all tenants. */
  tenantIds(): Promise<string[]> {
    return this.outsideTenants(async (session) => {
      const { rows } = await session.query<{ id: string }>('select id from tenants order by id');
      return rows.map(({ id }) => id);
    });
  }

  /** Runs work that belongs to no tenant. The session may see the rows of all tenants: do not read them. */
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
