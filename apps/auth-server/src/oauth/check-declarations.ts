import type { ServerSettings } from '../settings/server-settings.js';
import { checkDeclaredResourceServers } from './clients/check-declared-resource-servers.js';
import { readDeclaredClients } from './clients/declared-client.schema.js';

/**
 * Refuses mistakes in `CLIENTS` and `RESOURCE_SERVERS` before anything is made.
 *
 * @throws {SettingsError} that names them, one a line, without a value
 */
export function checkDeclarations(settings: ServerSettings): void {
  readDeclaredClients(settings.clients);
  checkDeclaredResourceServers(settings);
}
