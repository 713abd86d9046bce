// `npm run bench:server [-- --quick]`: measures the platform beside its peers, and writes the results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeers } from '../shared/install-peers.mjs';
import { findNodes, pinThisProcess } from '../shared/processes.mjs';
import { CONTENDERS } from './contenders.mjs';
import { enterAll } from './field.mjs';
import { describeServerMachine } from './machine.mjs';
import { planOf } from './plan.mjs';
import { writeReport } from './report/report.mjs';
import { measureInstances } from './sections/instances.mjs';
import { measureLogins } from './sections/logins.mjs';
import { measureManyUsers } from './sections/many-users.mjs';
import { measureMemory } from './sections/memory.mjs';
import { measureThroughput } from './sections/throughput.mjs';

const SECTIONS = {
  throughput: measureThroughput,
  logins: measureLogins,
  manyUsers: measureManyUsers,
  instances: measureInstances,
  memory: measureMemory,
};

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const began = performance.now();
const plan = planOf(quick);
const seconds = () => Math.round((performance.now() - began) / 1000);
const say = (what) => console.log(`bench ${String(seconds()).padStart(3)} s  ${what}`);

installPeers(['library', 'platform'], say);
const machine = await describeServerMachine(findNodes()[0]);
console.log(machine.map((line) => `  ${line}`).join('\n'));
pinThisProcess();

const { entrants, absent } = await enterAll(
  CONTENDERS.filter(({ name }) => plan.contenders(name)),
  plan.people,
  say,
);
const results = { machine, leavesOut: plan.leavesOut, absent };
try {
  for (const [name, measure] of Object.entries(SECTIONS)) {
    results[name] = await measure({
      entrants,
      plan,
      results,
      say: (what) => say(`${name}: ${what}`),
    });
  }
} finally {
  for (const entrant of entrants) await entrant.leave();
}
results.seconds = seconds();

// A quick run is for a look: what is kept in the repository comes from a full one.
const folder = quick
  ? join(import.meta.dirname, '../../reports/bench-server')
  : import.meta.dirname;
mkdirSync(folder, { recursive: true });
const report = writeReport(results);
writeFileSync(join(folder, 'RESULTS.md'), report);
console.log(`\n${report}`);
say(`written to ${quick ? 'reports/bench-server' : 'bench/platform'}/RESULTS.md`);
// A peer may not run on this machine. The platform has to.
const hasFailed = ({ name, isLeftOut = false }) => name.startsWith('Patronus') && !isLeftOut;
process.exit(absent.some(hasFailed) ? 1 : 0);
