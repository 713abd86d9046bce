import { type Environment, required } from './required.js';
import { SettingsError } from './settings.error.js';
import { readSignIn, type SignInSettings } from './sign-in-settings.js';
import type { TrustedIssuer } from './trusted-issuer.js';

/** The source of a person's clinic and roles: the token, or the table of members. */
export type MembersFrom = 'token' | 'table';

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
export function readEntrance(environment: Environment, production: boolean): Entrance | undefined {
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
