import { assertTenantIsolation } from '@patronus/nestjs/postgres';
import type { StorageSettings } from '../settings/storage-settings.js';
import type { ClinicDatabase } from './clinic-database.js';
import { ClinicStorage } from './clinic-storage.js';
import { EmbeddedDatabase } from './embedded/embedded.database.js';
import { migrate } from './migrations/migrate.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { ordinaryRole } from './ordinary-role.js';
import { PostgresDatabase } from './postgres/postgres.database.js';
import { seed } from './seed.js';

/** @throws {SettingsError | EmbeddedClusterError} if the configured database cannot be opened */
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
