import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedClusterError } from './embedded-cluster.error.js';
import type { EmbeddedClusterOptions } from './embedded-cluster.options.js';
import { keepEmptyCluster } from './empty-cluster.js';
import { codeOf } from './system-error.js';
import { unusableFolder } from './unusable-folder.js';

/**
 * File that is written last. Files without it were left by a process that was killed while it
 * created them.
 */
const COMPLETE = '.complete';

/**
 * Puts the files of an empty database into a folder that has none yet.
 *
 * @returns the folder of the files
 * @throws {EmbeddedClusterError} if they belong to another application, or cannot be read or
 * written
 */
export async function makeClusterFiles(options: EmbeddedClusterOptions): Promise<string> {
  const { folder, setting, name } = options;
  const cluster = join(folder, 'cluster');
  const owner = ownerOf(cluster, setting);
  if (owner === name) return cluster;
  if (owner !== undefined) {
    throw new EmbeddedClusterError(
      `The data in ${cluster} is that of ${owner}: choose another folder with ${setting}.`,
    );
  }
  const empty = await keepEmptyCluster();
  try {
    rmSync(cluster, { recursive: true, force: true });
    cpSync(empty, cluster, { recursive: true });
    writeFileSync(join(cluster, `${name}${COMPLETE}`), '');
  } catch (cause) {
    throw unusableFolder(folder, setting, 'cannot be written', cause);
  }
  return cluster;
}

/**
 * Returns the application that the files belong to. Undefined if there are none, or if they are
 * incomplete.
 */
function ownerOf(cluster: string, setting: string): string | undefined {
  try {
    return readdirSync(cluster)
      .find((file) => file.endsWith(COMPLETE))
      ?.slice(0, -COMPLETE.length);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusableFolder(cluster, setting, 'cannot be read', cause);
  }
}
