// `npm run drill:events [-- --writers N --seconds N --events N]`: measures the locks of many writers of events,
// and what it costs them that a day of many events is dropped. Needs DATABASE_URL and REDIS_URL.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { rowsOf, sqlStateOf } from '../../../apps/auth-server/src/operation/database/database.js';
import { EventLoad } from './event-load.js';
import { databaseOf } from './event-log.js';
import { LockSamples } from './lock-samples.js';
import { fillPastDay } from './past-day.js';

const LOCK_NOT_AVAILABLE = '55P03';
/** The number of writers while a day is dropped: enough to never pause, and too few to wait for a core. */
const FEW = 4;
/** The number of tries to drop a partition. The server tries again an hour later. */
const TRIES = 50;

const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '20' },
    events: { type: 'string', default: '1000000' },
  },
});
const [writers, seconds, events] = [values.writers, values.seconds, values.events].map(Number);
if (writers === undefined || seconds === undefined || events === undefined) {
  throw new Error('--writers, --seconds and --events are numbers.');
}

const load = await EventLoad.start({ writers, environment: { AUDIT_RETENTION_DAYS: '7' } });
try {
  const hasMet = [await watchLocks(seconds), await dropDay(events)];
  process.exitCode = hasMet.every(Boolean) ? 0 : 1;
} finally {
  await load.close();
}

/** Lets all writers write, and prints what they waited for. */
async function watchLocks(duration: number): Promise<boolean> {
  const samples = await LockSamples.start(load.ownerUrl);
  const end = performance.now() + duration * 1000;
  const times = await load.run(() => performance.now() < end);
  const locks = await samples.stop();
  console.log(`${writers} writers for ${duration} s: ${summaryOf(times)}`);
  const waits = [...samples.waits].map(([lock, count]) => `${lock} ${count}`).join(', ');
  console.log(`waits for locks in ${samples.samples} samples: ${waits || 'none'}`);
  return locks.length === 0;
}

/** Drops a past day while the writers write, and prints how long everything took. */
async function dropDay(count: number): Promise<boolean> {
  console.log(`filling a day with ${count.toLocaleString('en')} events`);
  await fillPastDay(load.ownerUrl, { retention: 7, daysAgo: 9, events: count });
  const calm = await load.run(untilDone(sleep(5000)), FEW);
  console.log(`${FEW} writers before: ${summaryOf(calm)}`);
  const dropping = removeDay();
  const busy = await load.run(untilDone(dropping), FEW);
  const took = await dropping;
  console.log(`${FEW} writers meanwhile: ${summaryOf(busy)}`);
  return took.every((milliseconds) => milliseconds < 1000);
}

/** Calls the functions as the server does, and returns the milliseconds of each call. */
async function removeDay(): Promise<readonly number[]> {
  const took = [
    await timed('audit_empty_expired', () => call(sql`select * from audit_empty_expired()`)),
  ];
  // One for the events, and one for their numbers.
  for (let partition = 0; partition < 2; partition += 1) {
    for (let tries = 1; ; tries += 1) {
      try {
        took.push(await timed('audit_drop_emptied', () => call(sql`select audit_drop_emptied()`)));
        break;
      } catch (error) {
        if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE || tries === TRIES) throw error;
      }
    }
  }
  return took;
}

async function call(statement: ReturnType<typeof sql>): Promise<void> {
  const [row] = rowsOf(await databaseOf(load.bed).execute(statement));
  console.log(`  ${JSON.stringify(row)}`);
}

async function timed(name: string, work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  let outcome = 'failed';
  try {
    await work();
    outcome = 'done';
    return performance.now() - before;
  } finally {
    console.log(`${name}: ${outcome} in ${(performance.now() - before).toFixed(0)} ms`);
  }
}

/** A condition that holds until a promise is settled. */
function untilDone(promise: Promise<unknown>): () => boolean {
  let isDone = false;
  void Promise.allSettled([promise]).then(() => (isDone = true));
  return () => !isDone;
}

function summaryOf(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  return `${times.length} writes: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms`;
}
