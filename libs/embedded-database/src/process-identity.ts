import { readFileSync } from 'node:fs';
import { codeOf } from './system-error.js';

/** Returns the start of this process, in ticks since the boot, or by the clock if ticks are not available. */
export function ownStart(): number {
  return readStat(process.pid)?.start ?? Math.round(performance.timeOrigin);
}

/**
 * Tells if the process that began at `start` still runs. The system reuses the numbers of ended processes, so
 * the number alone is not enough.
 */
export function isRunning(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // The process exists but belongs to another user.
    return codeOf(error) === 'EPERM';
  }
  const stat = readStat(pid);
  return stat === undefined || (stat.start === start && !stat.ended);
}

/** Reads field 3, the state, and field 22, the start: `man 5 proc_pid_stat`. */
function readStat(pid: number): { start: number; ended: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { start: Number(fields[19]), ended: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}
