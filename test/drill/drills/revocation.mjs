import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { redisRevocations } from '@patronus/nestjs/redis';
import { ownRedis } from '../own-redis.mjs';

const TIMES = 100;
const OTHERS = 2;

/** Sessions are revoked here; two other processes look out for it. */
export async function run(say) {
  const redis = await ownRedis();
  const options = { url: redis.url };
  const others = await Promise.all(Array.from({ length: OTHERS }, () => startOther(options)));
  const revocations = redisRevocations(options);
  await revocations.start();
  say(`${TIMES} revocations, ${OTHERS} other processes`);
  const took = [];
  for (let index = 0; index < TIMES; index++) {
    const session = randomUUID();
    await Promise.all(others.map((other) => ask(other, { lookOutFor: session }, 'looking out')));
    const seen = others.map((other) => next(other));
    const began = performance.timeOrigin + performance.now();
    await revocations.revoke({ session });
    for (const message of await Promise.all(seen)) took.push(message.at - began);
  }
  for (const other of others) other.disconnect();
  await revocations.stop();
  await redis.kill();
  const sorted = took.toSorted((one, other) => one - other);
  const slowest = sorted.at(-1);
  return [
    {
      what: `${TIMES} revocations, seen by ${OTHERS} other processes`,
      expected: 'slowest under 1 s',
      measured: `slowest ${slowest.toFixed(1)} ms, median ${sorted[sorted.length >> 1].toFixed(1)} ms`,
      met: took.length === TIMES * OTHERS && slowest < 1000,
    },
  ];
}

async function startOther(options) {
  const child = fork(join(import.meta.dirname, '../revocation-watcher.mjs'), [
    JSON.stringify(options),
  ]);
  await next(child);
  return child;
}

async function next(child) {
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(10_000) });
  return message;
}

async function ask(child, question) {
  const answer = next(child);
  child.send(question);
  return answer;
}
