import { table } from '../../shared/format.mjs';
import {
  coldTable,
  growthTable,
  hotTable,
  manyUsersTables,
  permissionTable,
  startTable,
  throughputTables,
} from './tables.mjs';
import { judge } from './targets.mjs';

/** The results as a page. */
export function writeReport(results) {
  const { machine, leavesOut, throughput, guardsAlone, manyUsers, growth, start } = results;
  const parts = [
    '# Results',
    `Written by \`npm run bench\` in ${results.seconds} s. [How to read this](README.md).`,
    machine.map((line) => `- ${line}`).join('\n'),
    leavesOut.length > 0 && `A quick run: it leaves out ${leavesOut.join(', ')}.`,
    '![One guarded route as a share of the same route unguarded](results.svg)',
    '## Targets',
    targetTable(judge(results)),
    '## 1. One guarded route',
    ...throughputTables(throughput),
    '## 2. The guards alone',
    hotTable(guardsAlone.hot),
    coldTable(guardsAlone.cold),
    permissionTable(guardsAlone.permissions),
    '## 3. Many users',
    'Tokens drawn from a Zipf distribution, signed with ES256, on Express; a cache of 10,000.',
    manyUsersTables(manyUsers),
    growth && '## 4. Growth',
    growth && 'On Express. Each size stands beside an unguarded twin of the same size.',
    growth && growthTable(growth),
    '## 5. Start',
    startTable(start),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function targetTable(targets) {
  const rows = targets.map(({ text, measured, met, why }) => [
    text,
    measured,
    met ? 'met' : '**missed**',
    met || why === undefined ? '' : why,
  ]);
  return table(['target', 'measured', '', 'why missed'], rows);
}
