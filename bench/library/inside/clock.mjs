import { median, medianRatio } from '../../shared/statistics.mjs';

const BATCH_NS = 400_000;
const WARM_UP_MS = 100;
const LEAST_CALLS = 25;

/**
 * Times subjects in turn, a short batch of each in every round, so that noise hits all alike.
 *
 * @param subjects functions by name; one that answers a promise is waited for
 * @returns by name: nanoseconds for one call (the median, and the least of all batches), and the
 * median of its ratio to the first subject, round by round
 */
export async function timeAll(subjects, rounds) {
  const timed = [];
  for (const one of Object.entries(subjects)) timed.push(await prepare(one));
  for (let round = 0; round < rounds; round++) {
    for (const one of timed) one.batches.push(await runBatch(one));
  }
  const [{ batches: base }] = timed;
  return Object.fromEntries(
    timed.map(({ name, batches }) => [
      name,
      { median: median(batches), least: Math.min(...batches), ratio: medianRatio(batches, base) },
    ]),
  );
}

async function prepare([name, call]) {
  const waits = call() instanceof Promise;
  const one = { name, call, waits, size: LEAST_CALLS, batches: [] };
  const until = performance.now() + WARM_UP_MS;
  while (performance.now() < until) {
    const each = await runBatch(one);
    one.size = Math.max(LEAST_CALLS, Math.min(200_000, Math.round(BATCH_NS / each)));
  }
  return one;
}

async function runBatch({ call, waits, size }) {
  const began = process.hrtime.bigint();
  if (waits) for (let index = 0; index < size; index++) await call();
  else for (let index = 0; index < size; index++) call();
  return Number(process.hrtime.bigint() - began) / size;
}
