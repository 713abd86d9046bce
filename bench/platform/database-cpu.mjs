import { readdirSync, readFileSync } from 'node:fs';

/** `USER_HZ` is 100 on every Linux that Node.js runs on. */
const MICROS_PER_TICK = 10_000;

/**
 * CPU that the connections of one database of a PostgreSQL on this machine have used, in microseconds. It does
 * not know those that are closed. NaN where PostgreSQL runs elsewhere.
 */
export function databaseCpu(name) {
  const used = processes().flatMap((id) => {
    // PostgreSQL names its processes so: `postgres: 15/main: user database address state`.
    const isOf = read(`/proc/${id}/cmdline`).split(' ').includes(name);
    return isOf && read(`/proc/${id}/comm`) === 'postgres\n' ? [ticksOf(id)] : [];
  });
  return used.length === 0 ? Number.NaN : used.reduce((sum, one) => sum + one, 0) * MICROS_PER_TICK;
}

function processes() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Of a process (proc(5)). */
function ticksOf(id) {
  const [user, system] = read(`/proc/${id}/stat`).split(') ').at(-1).split(' ').slice(11, 13);
  return Number(user) + Number(system);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It ended meanwhile.
  }
}
