import { Agent, request } from 'undici';

const agent = new Agent({ connections: 64, keepAliveTimeout: 1000 });

/** The status of one request. */
export async function ask(url, token) {
  const { statusCode, body } = await request(url, {
    dispatcher: agent,
    headers: { authorization: `Bearer ${token}` },
  });
  await body.dump();
  return statusCode;
}

/**
 * Asks from `workers` sides at once until `isOver`, each time with the token that `draw` gives.
 *
 * @returns how often each status came, and how often no answer did
 */
export async function loadUntil(url, { workers = 16, draw, isOver, pause = 0 }) {
  const counts = {};
  const count = (what) => (counts[what] = (counts[what] ?? 0) + 1);
  const work = async () => {
    while (!isOver()) {
      await ask(url, await draw()).then(count, () => count('no answer'));
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return counts;
}

/** All answers, and those that are not the expected one. */
export function tally(counts, expected = '200') {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return { all, others: all - (counts[expected] ?? 0) };
}

/** The end of some seconds from now, as a function. */
export function after(seconds) {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() >= end;
}
