/** A mistake in the environment. Its message is one line, and names the variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {SettingsError} if the variable is missing, with the reason why it is required */
export function required(environment: Environment, name: string, reason: string): string {
  const value = environment[name];
  if (!value) throw new SettingsError(`${name} is missing: ${reason} needs it.`);
  return value;
}

/** @throws {SettingsError} if `PORT` is not a port */
export function readPort({ PORT: text = '3000' }: Environment): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new SettingsError(`PORT must be a whole number from 0 to 65535, and is "${text}".`);
  }
  return port;
}
