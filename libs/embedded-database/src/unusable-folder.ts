import { EmbeddedClusterError } from './embedded-cluster.error.js';

/** Returns the error for a folder that the system refuses. */
export function unusableFolder(
  folder: string,
  setting: string,
  problem: 'cannot be made' | 'cannot be read' | 'cannot be written',
  cause: unknown,
): EmbeddedClusterError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedClusterError(
    `${setting}: ${folder} ${problem}: ${reason}; choose another folder.`,
    { cause },
  );
}
