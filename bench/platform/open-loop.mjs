import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets users act at moments of their own, whatever the server does: each waits between two acts for an
 * exponentially distributed time. A latency counts from the moment that the user wanted to act, so that
 * a server which falls behind cannot hide it.
 *
 * @param options.act does one thing for a user, and resolves to what it was
 * @param options.rate acts per second of all users together
 * @param options.warmUp seconds at the start that do not count, beside `seconds`
 * @returns latencies in milliseconds, by what was done
 */
export async function runUsers(users, { act, rate, seconds, warmUp }) {
  const mean = (users.length / rate) * 1000;
  const start = performance.now();
  const counted = start + warmUp * 1000;
  const end = counted + seconds * 1000;
  const latencies = {};
  const live = async (user) => {
    let due = start;
    for (;;) {
      due += -Math.log(1 - Math.random()) * mean;
      if (due >= end) return;
      await sleep(Math.max(0, due - performance.now()));
      const done = await act(user);
      if (due >= counted) (latencies[done] ??= []).push(performance.now() - due);
    }
  };
  await Promise.all(users.map(live));
  return latencies;
}
