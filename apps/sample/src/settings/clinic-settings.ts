import { SettingsError } from './settings.error.js';
import { readStorage, type StorageSettings } from './storage-settings.js';

/** An OpenID Connect issuer that the clinic believes, and the audience its tokens must name. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
}

/** How this process runs. Without a trusted issuer it is the demo, which brings its own. */
export interface ClinicSettings {
  readonly port: number;
  readonly host: string | undefined;
  readonly trusted: TrustedIssuer | undefined;
  readonly storage: StorageSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(environment: Environment): ClinicSettings {
  const production = environment['NODE_ENV'] === 'production';
  return {
    port: readPort(environment['PORT']),
    host: environment['HOST'] || (production ? undefined : '127.0.0.1'),
    trusted: production
      ? {
          issuer: required(environment, 'OIDC_ISSUER'),
          audience: required(environment, 'OIDC_AUDIENCE'),
        }
      : undefined,
    storage: readStorage(environment, production),
  };
}

function readPort(text = '3000'): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new SettingsError(`PORT must be a whole number from 0 to 65535, and is "${text}".`);
  }
  return port;
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new SettingsError(`${name} is missing: NODE_ENV=production needs it.`);
  return value;
}
