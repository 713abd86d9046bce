import { assertTenantIsolation } from '@patronus/nestjs/postgres';
import type { StorageSettings } from '../settings/storage-settings.js';
import type { ClinicDatabase, SqlSession } from './clinic-database.js';
import { ClinicStorage } from './clinic-storage.js';
import { EmbeddedDatabase } from './embedded/embedded.database.js';
import { migrate, inLockedTransaction } from './migrations/migrate.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { PostgresDatabase } from './postgres/postgres.database.js';
import { seed } from './seed.js';

const ROLE = 'patronus_sample';

/** Databases of a server share roles but not the lock, so another one may create the role first. */
const STEP_DOWN = `
do $$ begin
  create role ${ROLE} nologin nosuperuser nobypassrls;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
  execute format('grant usage on schema %I to ${ROLE}', current_schema());
end $$;
grant select, insert, update on patients, appointments, staff to ${ROLE};
grant select, insert on audit_entries to ${ROLE};
`;

/**
 * Returns the role of the tenants' transactions. If the role of the connection bypasses row level security, as a
 * superuser does, it is an ordinary role. Otherwise it is undefined.
 */
async function ordinaryRole(session: SqlSession): Promise<string | undefined> {
  const { rows } = await session.query<{ bypasses: boolean }>(
    'select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
  );
  if (rows[0]?.bypasses === false) return undefined;
  await inLockedTransaction(session, () => session.script(STEP_DOWN));
  return ROLE;
}

/** @throws {SettingsError | EmbeddedClusterError} where there is no database as the settings say */
export async function openStorage(settings: StorageSettings): Promise<ClinicStorage> {
  return settings.kind === 'postgres'
    ? prepare(await PostgresDatabase.connect(settings.url))
    : prepare(await EmbeddedDatabase.open(settings.folder));
}

/**
 * Migrates and seeds a database, and closes it if that fails.
 *
 * @throws {PatronusConfigurationError} if the database would show a tenant the rows of another
 */
export async function prepare(database: ClinicDatabase): Promise<ClinicStorage> {
  try {
    const role = await database.session(async (session) => {
      await migrate(session, MIGRATIONS);
      const ordinary = await ordinaryRole(session);
      await seed(session);
      const { rows } = await session.query<{ schema: string }>('select current_schema() as schema');
      await assertTenantIsolation(session, { schema: rows[0]?.schema, role: ordinary });
      return ordinary;
    });
    return new ClinicStorage(database, role);
  } catch (error) {
    await database.close();
    throw error;
  }
}
