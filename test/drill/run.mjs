// `npm run drill [-- <name>]`: breaks what Patronus depends on, and prints how it fared.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { markdownOf, writeFigures } from './report.mjs';

const DRILLS = [
  'issuer-outage',
  'kid-flood',
  'cold-start',
  'redis-outage',
  'revocation',
  'fast-forward',
];

const wanted = process.argv[2];
const names = DRILLS.filter((name) => wanted === undefined || name.includes(wanted));
if (names.length === 0) throw new Error(`There is no drill "${wanted}": ${DRILLS.join(', ')}.`);
const began = performance.now();
const rows = [];
for (const [index, name] of names.entries()) {
  const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(3);
  console.log(`drill ${seconds} s  ${index + 1}/${names.length} ${name}`);
  rows.push(...(await runDrill(name)));
}
console.log(`\n${markdownOf(rows)}`);
if (wanted === undefined) writeFigures('docs/resilience.md', markdownOf(rows));
process.exitCode = rows.every(({ met }) => met) ? 0 : 1;

/** Each drill in a process of its own: some move the clock, some count memory. */
async function runDrill(name) {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'run-one.mjs'), name],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  let result;
  child.on('message', (message) => (result = message));
  const [code] = await once(child, 'exit');
  if (code !== 0 || result === undefined) throw new Error(`The drill ${name} ended with ${code}.`);
  return result;
}
