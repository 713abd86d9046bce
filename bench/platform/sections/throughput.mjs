import { runRounds } from '../../shared/rounds.mjs';
import { BARE } from '../contenders.mjs';
import { along, always, clientCredentials, introspection, inTurn } from '../operations.mjs';

/** What is asked for over and over, as autocannon takes it. */
export const OPERATIONS = {
  'client credentials': ({ server }) => always(clientCredentials(server.paths)),
  refresh: ({ server, chains }) => along(chains, server.paths),
  introspection: ({ server, accessTokens }) =>
    inTurn(accessTokens.map((token) => introspection(server.paths, token))),
};

/** Each operation of every contender as a share of the same one of bare oidc-provider. */
export async function measureThroughput({ entrants, plan, say }) {
  const groups = [];
  for (const [operation, requestsOf] of Object.entries(OPERATIONS)) {
    say(operation);
    const entries = entrants.map((entrant) => ({
      name: entrant.server.name,
      base: BARE,
      server: entrant.server,
      requests: requestsOf(entrant),
    }));
    const results = await runRounds(entries, plan.throughput);
    groups.push({ operation, results: results.map(withServices) });
  }
  return groups;
}

/** Adds what PostgreSQL and Redis used for one request meanwhile, in microseconds. */
export function withServices({ bursts, ...result }) {
  const total = (count) => bursts.reduce((sum, burst) => sum + count(burst), 0);
  const used = total(({ before, after }) => after.servicesMicros - before.servicesMicros);
  return { ...result, servicesMicros: used / total(({ requests }) => requests) };
}
