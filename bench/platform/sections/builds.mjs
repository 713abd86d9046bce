import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../../shared/load.mjs';
import { median, quantile } from '../../shared/statistics.mjs';
import { chainsOf } from '../chains.mjs';
import { PASSWORD } from '../clients.mjs';
import { databaseCpu } from '../database-cpu.mjs';
import { inTurn, introspection, jsonPost } from '../operations.mjs';
import { OPERATIONS } from './throughput.mjs';

/** What a server still does when its burst is over must not be in the next one, in milliseconds. */
const PAUSE = 300;
const API_REFRESH = '/api/v1/auth/refresh';

/** What both builds are asked for. The load is what {@link load} takes. */
const COMPARED = {
  logins: ({ server }) => ({
    connections: 4,
    requests: inTurn(
      server.people.map(({ email }) => jsonPost(server.paths.login, { email, password: PASSWORD })),
    ),
  }),
  'refreshes, API': (entrant) => ({ requests: apiRefreshes(entrant) }),
  'refreshes, OAuth': (entrant) => ({ requests: OPERATIONS.refresh(entrant) }),
  introspections: ({ server, accessTokens }) => ({
    requests: inTurn(accessTokens.map((token) => introspection(server.paths, token))),
  }),
};

/**
 * Measures two builds in turn, a burst of each in every round, and compares them pair by pair.
 *
 * @param pairs `[before, after]`: a process of each build, as an entrant
 */
export async function measureBuilds({ pairs, plan, say }) {
  const results = [];
  for (const [operation, loadOf] of Object.entries(COMPARED)) {
    const { rounds, amount, warmUp } = operation === 'logins' ? plan.logins : plan.requests;
    const loads = pairs.map((pair) =>
      pair.map((entrant) => ({ entrant, options: loadOf(entrant) })),
    );
    say(`${operation}: warming up`);
    for (const one of loads.flat()) await burst(one, warmUp);
    const rows = [];
    for (let round = 0; round < rounds; round += 1) {
      say(`${operation}: round ${round + 1} of ${rounds}`);
      for (const pair of loads) rows.push(await inOneOrder(pair, amount, round % 2 === 1));
    }
    const result = summarize(operation, rows);
    say(`${operation}: ${result.ratio.toFixed(3)}`);
    results.push(result);
  }
  return results;
}

/** A burst of each of two, with the same number of requests. Neither always comes first. */
async function inOneOrder([before, after], amount, isTurned) {
  if (!isTurned) return { before: await burst(before, amount), after: await burst(after, amount) };
  const late = await burst(after, amount);
  return { before: await burst(before, amount), after: late };
}

async function burst({ entrant, options }, amount) {
  const { server, storage } = entrant;
  const database = new URL(storage.settings.databaseUrl).pathname.slice(1);
  const counted = {
    module: server.module,
    url: server.url,
    usage: async () => ({ ...(await server.usage()), databaseMicros: databaseCpu(database) }),
  };
  const { perCpuSecond, requests, before, after } = await load(counted, { ...options, amount });
  await sleep(PAUSE);
  const databaseMicros = (after.databaseMicros - before.databaseMicros) / requests;
  return { perCpuSecond, databaseMicros, requests };
}

function summarize(operation, rows) {
  const ratios = rows.map(({ before, after }) => after.perCpuSecond / before.perCpuSecond);
  const both = (member) => ({
    before: median(rows.map(({ before }) => before[member])),
    after: median(rows.map(({ after }) => after[member])),
  });
  return {
    operation,
    perCpuSecond: both('perCpuSecond'),
    ratio: median(ratios),
    quarters: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    databaseMicros: both('databaseMicros'),
    bursts: rows.length,
  };
}

/** Refreshes of the API, each with the token that an earlier one gave. */
function apiRefreshes({ server }) {
  const chain = chainsOf(server.people.map(({ api }) => api.refreshToken));
  return [
    {
      setupRequest: (base) => ({
        ...base,
        ...jsonPost(API_REFRESH, { refreshToken: chain.take() }),
      }),
      onResponse: (status, body) => status === 200 && chain.give(JSON.parse(body).refreshToken),
    },
  ];
}
