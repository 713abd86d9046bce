import type { PGlite } from '@electric-sql/pglite';
import type { TenantContext } from '@patronus/nestjs';
import { tenantDrizzle } from '@patronus/nestjs/drizzle';
import { tenantKysely } from '@patronus/nestjs/kysely';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { tenantDataSource } from '@patronus/nestjs/typeorm';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleOnPGlite } from 'drizzle-orm/pglite';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { CompiledQuery, Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import type { PatientRow } from './tenant-database-bed.js';

/** Operations of the suites on patients, in the language of each library and without a `where`. */
export interface Patients {
  list(): Promise<PatientRow[]>;
  add(row: PatientRow): Promise<unknown>;
  renameAll(name: string): Promise<unknown>;
  moveAll(tenantId: string): Promise<unknown>;
  removeAll(): Promise<unknown>;
  run(statement: string): Promise<unknown>;
}

export interface PatientHandle {
  transaction<Result>(work: (patients: Patients) => Promise<Result>): Promise<Result>;
  /** Runs a statement on the same connections, past the helper. */
  outside(statement: string): Promise<unknown[]>;
  close(): Promise<void>;
}

function beside(database: pg.Pool | PGlite): Pick<PatientHandle, 'outside' | 'close'> {
  return {
    close: () => Promise.resolve(),
    outside: async (statement) =>
      'connect' in database
        ? (await database.query(statement)).rows
        : (await database.query(statement)).rows,
  };
}

const COLUMNS = 'id, tenant_id, name';

export function postgresHandle(
  database: pg.Pool | PGlite,
  tenant: TenantContext,
  role?: string,
): PatientHandle {
  const handle = new TenantDatabase(database, tenant, { role });
  return {
    ...beside(database),
    transaction: (work) =>
      handle.transaction((client) =>
        work({
          list: async () =>
            (await client.query<PatientRow>(`select ${COLUMNS} from patients order by id`)).rows,
          add: (row) =>
            client.query('insert into patients values ($1, $2, $3)', [
              row.id,
              row.tenant_id,
              row.name,
            ]),
          renameAll: (name) => client.query('update patients set name = $1', [name]),
          moveAll: (id) => client.query('update patients set tenant_id = $1', [id]),
          removeAll: () => client.query('delete from patients'),
          run: (statement) => client.query(statement),
        }),
      ),
  };
}

const patients = pgTable('patients', {
  id: text().primaryKey(),
  tenant_id: text().notNull(),
  name: text().notNull(),
});

export function drizzleHandle(
  database: pg.Pool | PGlite,
  tenant: TenantContext,
  role?: string,
): PatientHandle {
  const db = 'connect' in database ? drizzle(database) : drizzleOnPGlite({ client: database });
  const handle = tenantDrizzle(db as ReturnType<typeof drizzle>, tenant, { role });
  return {
    ...beside(database),
    transaction: (work) =>
      handle.transaction((tx) =>
        work({
          list: () => tx.select().from(patients).orderBy(patients.id).execute(),
          add: (row) => tx.insert(patients).values(row).execute(),
          renameAll: (name) => tx.update(patients).set({ name }).execute(),
          moveAll: (id) => tx.update(patients).set({ tenant_id: id }).execute(),
          removeAll: () => tx.delete(patients).execute(),
          run: (statement) => tx.execute(sql.raw(statement)),
        }),
      ),
  };
}

export function kyselyHandle(
  database: pg.Pool | PGlite,
  tenant: TenantContext,
  role?: string,
): PatientHandle {
  const dialect =
    'connect' in database
      ? new PostgresDialect({ pool: database })
      : new PGliteDialect({ pglite: database });
  const db = new Kysely<{ patients: PatientRow }>({ dialect });
  const handle = tenantKysely(db, tenant, { role });
  return {
    ...beside(database),
    transaction: (work) =>
      handle.transaction((trx) =>
        work({
          list: () => trx.selectFrom('patients').selectAll().orderBy('id').execute(),
          add: (row) => trx.insertInto('patients').values(row).execute(),
          renameAll: (name) => trx.updateTable('patients').set({ name }).execute(),
          moveAll: (id) => trx.updateTable('patients').set({ tenant_id: id }).execute(),
          removeAll: () => trx.deleteFrom('patients').execute(),
          run: (statement) => trx.executeQuery(CompiledQuery.raw(statement)),
        }),
      ),
  };
}

const Patient = new EntitySchema<PatientRow>({
  name: 'Patient',
  tableName: 'patients',
  columns: {
    id: { type: 'text', primary: true },
    tenant_id: { type: 'text' },
    name: { type: 'text' },
  },
});

export async function typeormHandle(
  url: string,
  tenant: TenantContext,
  extra: pg.PoolConfig,
  given: (source: DataSource) => Pick<DataSource, 'createQueryRunner'> = (source) => source,
): Promise<PatientHandle> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [Patient],
    extra,
    poolErrorHandler: () => {},
  });
  await source.initialize();
  const handle = tenantDataSource(given(source), tenant);
  return {
    close: () => source.destroy(),
    outside: (statement) => source.query(statement),
    transaction: (work) =>
      handle.transaction((manager) =>
        work({
          list: () => manager.find(Patient, { order: { id: 'ASC' } }),
          add: (row) => manager.insert(Patient, row),
          renameAll: (name) => manager.updateAll(Patient, { name }),
          moveAll: (id) => manager.updateAll(Patient, { tenant_id: id }),
          removeAll: () => manager.deleteAll(Patient),
          run: (statement) => manager.query(statement),
        }),
      ),
  };
}
