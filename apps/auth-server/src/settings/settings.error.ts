/** Mistakes in the environment: one line each, which names the variable and the remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
