import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedClusterError } from './embedded-cluster.error.js';
import { isRunning, ownStart } from './process-identity.js';
import { codeOf } from './system-error.js';
import { unusableFolder } from './unusable-folder.js';

const ATTEMPTS = 8;
const MAX_WAIT = 100;

interface Owner {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  readonly start: number;
}

/**
 * Makes one process the owner of a folder, with a file whose name identifies the process.
 *
 * Each process writes its file, then looks for others. Of two processes at once, at least one sees the other
 * and withdraws. The file of a process that has ended is removed. Its name is never used again, so the file
 * of a running process is never removed.
 *
 * `proper-lockfile` takes an owner for alive while it renews a date. After a crash the folder would stay
 * locked for seconds, and a paused process would lose the lock.
 */
export class FolderLock {
  private constructor(private readonly file: string) {}

  /** @throws {EmbeddedClusterError} with the owner, and `setting` as the remedy */
  static async take(folder: string, setting: string): Promise<FolderLock> {
    for (let attempt = 1; ; attempt += 1) {
      const file = putFile(folder, setting);
      const other = ownersOf(folder).find((owner) => join(folder, owner.file) !== file);
      if (file !== undefined && other === undefined) return new FolderLock(file);
      if (file !== undefined) rmSync(file, { force: true });
      if (file === undefined || attempt === ATTEMPTS) throw refusal(folder, setting, other);
      // Two processes that start together withdraw together. A random wait decides which one retries first.
      await sleep(Math.random() * MAX_WAIT);
    }
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

/** Writes the file of this process. Undefined if it exists already. */
function putFile(folder: string, setting: string): string | undefined {
  const name = `owner.${hostname()}.${process.pid}.${ownStart()}.lock`;
  const file = join(folder, name);
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return file;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw unusableFolder(folder, setting, 'cannot be written', error);
  }
}

/** Lists the owners that still run, and removes the files of the others. */
function ownersOf(folder: string): Owner[] {
  return readdirSync(folder)
    .map(parse)
    .filter((owner) => owner !== undefined)
    .filter(({ file, host, pid, start }) => {
      if (host !== hostname() || isRunning(pid, start)) return true;
      rmSync(join(folder, file), { force: true });
      return false;
    });
}

function parse(file: string): Owner | undefined {
  const [, host, pid, start] = /^owner\.(.+)\.(\d+)\.(\d+)\.lock$/.exec(file) ?? [];
  if (host === undefined) return undefined;
  return { file, host, pid: Number(pid), start: Number(start) };
}

function refusal(folder: string, setting: string, owner: Owner | undefined): EmbeddedClusterError {
  const { pid, host, file } = owner ?? { pid: process.pid, host: hostname(), file: '' };
  const isHere = host === hostname();
  const remedy = isHere
    ? 'stop that process'
    : `stop that process and remove ${join(folder, file)}`;
  const where = isHere ? '' : ` on ${host}`;
  return new EmbeddedClusterError(
    `The data folder ${folder} is in use by process ${pid}${where}: ${remedy}, or choose another folder with ${setting}.`,
  );
}
