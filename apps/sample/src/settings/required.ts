import { SettingsError } from './settings.error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {SettingsError} if the variable is missing, with the reason why it is required */
export function required(environment: Environment, name: string, reason: string): string {
  const value = environment[name];
  if (!value) throw new SettingsError(`${name} is missing: ${reason} needs it.`);
  return value;
}
