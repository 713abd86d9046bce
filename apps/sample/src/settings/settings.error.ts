/** A mistake in the environment. Its message is one line, and names the variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
