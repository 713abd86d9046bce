import { table } from '../../shared/format.mjs';
import {
  instancesTables,
  loginsTable,
  manyUsersTables,
  memoryTable,
  throughputTables,
} from './tables.mjs';
import { judge } from './targets.mjs';

/** The results as a page. */
export function writeReport(results) {
  const { machine, leavesOut, absent, throughput, logins, manyUsers, instances, memory } = results;
  const parts = [
    '# Results of the identity platform',
    `Written by \`npm run bench:server\` in ${results.seconds} s. [How to read this](../README.md#the-identity-platform).`,
    machine.map((line) => `- ${line}`).join('\n'),
    leavesOut.length > 0 &&
      `A quick run, for a look: it leaves out ${leavesOut.join(', ')}, and warms nothing up.`,
    ...absent.map(({ name, reason }) => `Did not run here: ${name}: ${reason}.`),
    '## Targets',
    targetTable(judge(results)),
    '## 1. Requests per second of one core',
    throughputTables(throughput),
    '## 2. Logins',
    loginsTable(logins),
    '## 3. Many users at once',
    manyUsersTables(manyUsers),
    instances && '## 4. Two instances',
    instances && instancesTables(instances),
    '## 5. Memory of the embedded start',
    memoryTable(memory),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function targetTable(targets) {
  const rows = targets.map(({ text, measured, met }) => [
    text,
    measured,
    met ? 'met' : '**missed**',
  ]);
  return table(['target', 'measured', ''], rows);
}
