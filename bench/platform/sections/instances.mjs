import { runRounds } from '../../shared/rounds.mjs';
import { Contender } from '../contender.mjs';
import { CONTENDERS, SHARED } from '../contenders.mjs';
import { OPERATIONS, withServices } from './throughput.mjs';

/** Two instances on the same storage as a share of one of them, by the CPU time of both. */
export async function measureInstances({ entrants, plan, say }) {
  const one = entrants.find(({ server }) => server.name === SHARED);
  if (one === undefined) return undefined;
  say('starting a second one');
  const contender = CONTENDERS.find(({ name }) => name === SHARED);
  const second = await Contender.start(contender, one.storage.settings);
  const pair = pairOf(one.server, second);
  const groups = [];
  for (const [operation, requestsOf] of Object.entries(OPERATIONS)) {
    say(operation);
    const requests = requestsOf(one);
    const entries = [
      { name: 'one instance', server: one.server, requests },
      { name: 'two instances', base: 'one instance', server: pair, requests },
    ];
    const results = await runRounds(entries, plan.instances);
    groups.push({ operation, results: results.map(withServices) });
  }
  await second.stop();
  return groups;
}

/** Both as one server: autocannon shares its connections out among several addresses. */
function pairOf(one, other) {
  return {
    module: one.module,
    url: [one.url, other.url],
    async usage() {
      const [first, second] = [await one.usage(), await other.usage()];
      return { ...second, cpuMicros: first.cpuMicros + second.cpuMicros };
    },
  };
}
