import { readFileSync } from 'node:fs';
import { codeOf } from './system-error.js';

/**
 * Returns the time at which this process began: in ticks since the machine started, or by the clock
 * if the ticks are not available.
 */
export function ownStart(): number {
  return readStat(process.pid)?.start ?? Math.round(performance.timeOrigin);
}

/**
 * Returns true if the process that began at `start` is still running. A process id is reused once
 * its process has ended, so the id alone does not identify it.
 */
export function isRunning(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user cannot be signalled, but is running.
    return codeOf(error) === 'EPERM';
  }
  const stat = readStat(pid);
  return stat === undefined || (stat.start === start && !stat.ended);
}

/** Reads the state (field 3) and the start (field 22): `man 5 proc_pid_stat`. */
function readStat(pid: number): { start: number; ended: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { start: Number(fields[19]), ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}
