import type { ServerSettings } from '../settings/server-settings.js';
import type { PlatformDatabase } from './database.js';
import { EmbeddedDatabase } from './embedded.database.js';
import { PostgresDatabase } from './postgres.database.js';

/**
 * Opens the database that the settings name, and migrates its tables.
 *
 * @throws {SettingsError} if it cannot be reached
 * @throws {EmbeddedClusterError} if the data folder cannot be used
 */
export function openDatabase(settings: ServerSettings): Promise<PlatformDatabase> {
  return settings.databaseUrl === undefined
    ? EmbeddedDatabase.open(settings.dataFolder)
    : PostgresDatabase.open(settings.databaseUrl);
}
