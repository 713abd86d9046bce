import { readdirSync, readFileSync } from 'node:fs';

const NAMES = new Set(['postgres', 'redis-server', 'valkey-server']);
/** `USER_HZ` is 100 on every Linux that Node.js runs on. */
const MICROS_PER_TICK = 10_000;

/** CPU that PostgreSQL and Redis on this machine have used, in microseconds; undefined where nobody says. */
export function servicesCpu() {
  try {
    const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return ids.reduce((sum, id) => sum + ticksOf(id), 0) * MICROS_PER_TICK;
  } catch {
    return undefined;
  }
}

/** Of a process, and of its children that have ended (proc(5)). */
function ticksOf(id) {
  const stat = statOf(id);
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  if (!NAMES.has(name)) return 0;
  const [user, system, children, childrenSystem] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return user + system + children + childrenSystem;
}

function statOf(id) {
  try {
    return readFileSync(`/proc/${id}/stat`, 'utf8');
  } catch {
    return '()'; // It ended meanwhile.
  }
}
