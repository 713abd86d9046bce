// `npm run bench [-- --quick]`: measures Patronus beside its peers, and writes the results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeers } from '../shared/install-peers.mjs';
import { describeMachine } from './machine.mjs';
import { planOf } from './plan.mjs';
import { findNodes, pinThisProcess } from '../shared/processes.mjs';
import { drawChart } from './report/chart.mjs';
import { writeReport } from './report/report.mjs';
import { measureGrowth } from './sections/growth.mjs';
import { measureGuardsAlone } from './sections/guards-alone.mjs';
import { measureManyUsers } from './sections/many-users.mjs';
import { measureStart } from './sections/start.mjs';
import { measureThroughput } from './sections/throughput.mjs';

const SECTIONS = {
  throughput: measureThroughput,
  guardsAlone: measureGuardsAlone,
  manyUsers: measureManyUsers,
  growth: measureGrowth,
  start: measureStart,
};

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values;
const began = performance.now();
const plan = planOf(quick);
const nodes = findNodes().slice(0, plan.nodes);
const seconds = () => Math.round((performance.now() - began) / 1000);
const say = (what) => console.log(`bench ${String(seconds()).padStart(3)} s  ${what}`);

installPeers(plan.peers, say);
const machine = describeMachine(nodes);
console.log(machine.map((line) => `  ${line}`).join('\n'));
if (quick) say(`a quick run, which leaves out ${plan.leavesOut.join(', ')}`);
pinThisProcess();

const results = { machine, leavesOut: plan.leavesOut };
for (const name of plan.sections) {
  results[name] = await SECTIONS[name]({ nodes, plan, say: (what) => say(`${name}: ${what}`) });
}
results.seconds = seconds();

// A quick run is for a look: what is kept in the repository comes from a full one.
const folder = quick ? join(import.meta.dirname, '../../reports/bench') : import.meta.dirname;
mkdirSync(folder, { recursive: true });
const report = writeReport(results);
writeFileSync(join(folder, 'RESULTS.md'), report);
writeFileSync(join(folder, 'results.svg'), drawChart(results.throughput));
console.log(`\n${report}`);
say(`written to ${folder === import.meta.dirname ? 'bench/library' : 'reports/bench'}/RESULTS.md`);
process.exit(0);
