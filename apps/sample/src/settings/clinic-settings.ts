import { type Entrance, readEntrance } from './entrance.js';
import { readPort } from './port.js';
import type { Environment } from './required.js';
import { readStorage, type StorageSettings } from './storage-settings.js';

/** The settings of this process. */
export interface ClinicSettings {
  readonly port: number;
  readonly host: string | undefined;
  /** Undefined for the demo, which has an issuer of its own. */
  readonly entrance: Entrance | undefined;
  readonly storage: StorageSettings;
}

/** @throws {SettingsError} */
export function readSettings(environment: Environment): ClinicSettings {
  const production = environment['NODE_ENV'] === 'production';
  return {
    port: readPort(environment),
    host: environment['HOST'] || (production ? undefined : '127.0.0.1'),
    entrance: readEntrance(environment, production),
    storage: readStorage(environment, production),
  };
}
