/** A folder that cannot be used. The message is one line with the setting and the remedy. */
export class EmbeddedClusterError extends Error {
  override readonly name = 'EmbeddedClusterError';
}
