import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads a server for some seconds. Every answer must be a 200: a contender that refuses is not
 * faster, it is broken.
 *
 * @param options.draw gives the headers of each request, where they differ
 * @param options.requests how autocannon makes each request, where more than its headers differs
 * @param options.amount the number of requests, in place of `seconds`
 * @param options.timed keeps the latency of every request
 */
export async function load(
  server,
  { seconds, amount, connections = 50, headers, draw, requests: made, timed = false },
) {
  const autocannon = createRequire(join(import.meta.dirname, '../peers/library/package.json'))(
    'autocannon',
  );
  const before = await server.usage();
  const latencies = [];
  const run = autocannon({
    url: server.url,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    sampleInt: 100, // autocannon stops at the end of a sample
    connections,
    headers: server.headers ?? headers,
    ...(made && { requests: made }),
    ...(draw && { requests: [{ setupRequest: (request) => ({ ...request, headers: draw() }) }] }),
  });
  if (timed) run.on('response', (_client, _status, _bytes, took) => latencies.push(took));
  const result = await run;
  const after = await server.usage();
  const requests = result['2xx'];
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0 || requests === 0) {
    throw new Error(`${server.module}: ${bad} answers were not 200, ${requests} were`);
  }
  const cpuSeconds = (after.cpuMicros - before.cpuMicros) / 1e6;
  return {
    perSecond: requests / result.duration,
    perCpuSecond: requests / cpuSeconds,
    busy: cpuSeconds / result.duration,
    requests,
    latencies,
    before,
    after,
  };
}
