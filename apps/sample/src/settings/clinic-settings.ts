import { readPort, type Environment, required, SettingsError } from './read-setting.js';
import { readStorage, type StorageSettings } from './storage-settings.js';
import { readSignIn, type SignInSettings, type TrustedIssuer } from './sign-in-settings.js';

/** The source of a person's clinic and roles: the token, or the table of members. */
type MembersFrom = 'token' | 'table';

/** The trusted issuer, and the way people sign in. */
export interface Entrance {
  readonly trusted: TrustedIssuer;
  readonly membersFrom: MembersFrom;
  /** Undefined if callers bring tokens, and the clinic has no sign-in. */
  readonly signIn: SignInSettings | undefined;
}

/** The variables that need an issuer. */
const NAMES = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_CLIENT_ID', 'MEMBERS_FROM'];

/** @throws {SettingsError} if a variable is missing, or production has no issuer */
function readEntrance(environment: Environment, production: boolean): Entrance | undefined {
  const named = NAMES.find((name) => environment[name]);
  if (named === undefined && !production) return undefined;
  const reason = production ? 'NODE_ENV=production' : `${named}`;
  const trusted = {
    issuer: required(environment, 'OIDC_ISSUER', reason),
    audience: required(environment, 'OIDC_AUDIENCE', reason),
  };
  const membersFrom = readMembersFrom(environment);
  const enrols = membersFrom === 'table' && !production;
  return { trusted, membersFrom, signIn: readSignIn(environment, { production, trusted, enrols }) };
}

function readMembersFrom(environment: Environment): MembersFrom {
  const from = environment['MEMBERS_FROM'] || 'token';
  if (from === 'token' || from === 'table') return from;
  throw new SettingsError('MEMBERS_FROM must be token or table.');
}

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
