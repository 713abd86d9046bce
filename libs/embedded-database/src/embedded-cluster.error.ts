/** The folder cannot be used. The message is one line, and names the setting and the remedy. */
export class EmbeddedClusterError extends Error {
  override readonly name = 'EmbeddedClusterError';
}
