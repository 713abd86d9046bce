import { readFileSync } from 'node:fs';
import { codeOf } from './system-error.js';

/** When this process began: in ticks since the machine did, or by the clock where nobody counts them. */
export function ownStart(): number {
  return readStat(process.pid)?.start ?? Math.round(performance.timeOrigin);
}

/**
 * Whether the process that began at `start` still runs. A number is given again once its process has
 * ended, so that the number alone does not tell.
 */
export function isRunning(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, and is there.
    return codeOf(error) === 'EPERM';
  }
  const stat = readStat(pid);
  return stat === undefined || (stat.start === start && !stat.ended);
}

/** Field 3 is the state, and 22 the start: `man 5 proc_pid_stat`. */
function readStat(pid: number): { start: number; ended: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { start: Number(fields[19]), ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}
