import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

/** Folder for what the processes of a run execute (`npm run coverage`); undefined in other runs. */
const FOLDER = process.env.PATRONUS_COVERAGE;
/** URL or path of a source, in Jest with the number of a suite. */
const SOURCE = /\/(?:libs|apps)\/[^/]+\/src\/[^?]+(?<!\.spec)\.ts(?:\?|$)/;

/**
 * Starts to count what this process executes.
 *
 * @returns a function that writes what was executed of sources since its last call; undefined if nothing is
 * recorded
 */
export function startRecording() {
  if (FOLDER === undefined) return undefined;
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  // The way past an `if` has no code of its own: the difference of the counts tells if it was taken.
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // The answers come before `post` returns.
  return () => session.post('Profiler.takePreciseCoverage', write);
}

function write(error, { result } = {}) {
  if (error) throw error;
  const scripts = result.filter(({ url }) => SOURCE.test(url));
  if (scripts.length === 0) return;
  writeFileSync(join(FOLDER, `${randomUUID()}.json`), JSON.stringify(scripts));
}

/** Records what this process executes until it ends. A process that `SIGKILL` ends records nothing. */
export function recordUntilEnd() {
  const writeRecord = startRecording();
  if (writeRecord === undefined) return;
  process.on('exit', writeRecord);
  process.once('SIGTERM', () => {
    // A process that does not listen to the signal ends without the event.
    if (process.listenerCount('SIGTERM') > 0) return;
    writeRecord();
    process.kill(process.pid, 'SIGTERM');
  });
}
