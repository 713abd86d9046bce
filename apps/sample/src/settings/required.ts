import { SettingsError } from './settings.error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {SettingsError} where the variable is not there, with what needs it */
export function required(environment: Environment, name: string, reason: string): string {
  const value = environment[name];
  if (!value) throw new SettingsError(`${name} is missing: ${reason} needs it.`);
  return value;
}
