import type { ServerSettings } from '../settings/server-settings.js';
import type { PlatformDatabase } from './database.js';
import { EmbeddedDatabase } from './embedded.database.js';
import { PostgresDatabase } from './postgres.database.js';

/**
 * The database that the settings name, with the tables of this version.
 *
 * @throws {SettingsError} where it cannot be reached
 * @throws {EmbeddedClusterError} where the data folder cannot be used
 */
export function openDatabase(settings: ServerSettings): Promise<PlatformDatabase> {
  return settings.databaseUrl === undefined
    ? EmbeddedDatabase.open(settings.dataFolder)
    : PostgresDatabase.open(settings.databaseUrl);
}
