// `npm run bench:compare -- --against <folder> [--quick]`: measures this build of the platform beside the one in
// another checkout, on PostgreSQL and Redis.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeers } from '../shared/install-peers.mjs';
import { findNodes, pinThisProcess } from '../shared/processes.mjs';
import { Entrant } from './field.mjs';
import { describeServerMachine } from './machine.mjs';
import { comparisonOf } from './report/comparison.mjs';
import { measureBuilds } from './sections/builds.mjs';
import { shared } from './storages.mjs';

const MODULE = 'contenders/platform.mjs';
/** Bursts are a number of requests, so that they are the same on a machine that is busy. */
const FULL = {
  pairs: 3,
  people: 200,
  requests: { rounds: 8, amount: 1500, warmUp: 2000 },
  logins: { rounds: 5, amount: 40, warmUp: 20 },
};
const QUICK = {
  pairs: 2,
  people: 100,
  requests: { rounds: 2, amount: 400, warmUp: 400 },
  logins: { rounds: 1, amount: 12, warmUp: 4 },
};

const { against, quick } = parseArgs({
  options: { against: { type: 'string' }, quick: { type: 'boolean', default: false } },
}).values;
if (against === undefined) throw new Error('Set --against to a checkout that is built.');
if (shared === undefined) throw new Error('Set DATABASE_URL and REDIS_URL.');
const began = performance.now();
const say = (what) => {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`bench ${String(seconds).padStart(3)} s  ${what}`);
};

installPeers(['library'], say);
const machine = await describeServerMachine(findNodes()[0], { hasPeers: false });
pinThisProcess();

const plan = quick ? QUICK : FULL;
const builds = [
  { name: 'before', module: join(resolve(against), 'bench/platform', MODULE), storage: 'postgres' },
  { name: 'after', module: MODULE, storage: 'postgres' },
];
const pairs = [];
try {
  for (let count = 1; count <= plan.pairs; count += 1) {
    say(`starting pair ${count} of ${plan.pairs}`);
    const pair = [];
    pairs.push(pair);
    for (const build of builds) pair.push(await Entrant.enter(build, plan.people));
  }
  const report = comparisonOf({ machine, results: await measureBuilds({ pairs, plan, say }) });
  const folder = join(import.meta.dirname, '../../reports/bench-compare');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'RESULTS.md'), report);
  console.log(`\n${report}`);
} finally {
  for (const entrant of pairs.flat()) await entrant.leave();
}
process.exit();
