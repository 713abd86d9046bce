import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');
const END_WITH_PARENT = new URL('end-with-parent.mjs', import.meta.url).href;
const STOP_LIMIT = 10_000;

/**
 * Runs an application in a process of its own.
 *
 * @param {string} main - the file to run, from the root of the workspace
 * @param {(line: string) => void} onLine - called for each line that it prints
 */
export function startProgram(main, env, onLine) {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, main], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
  const ended = once(child, 'close').then(
    ([code, signal]) => code ?? 128 + constants.signals[signal],
  );
  return {
    /** Its exit code; 128 and the number of the signal where one ended it, as in a shell. */
    ended,
    /** Asks it to end; it has ten seconds for what it is doing. */
    async stop() {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
      await ended;
      clearTimeout(deadline);
    },
  };
}
