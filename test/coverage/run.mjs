// `npm run coverage [-- <part of a path> …]`: runs all suites, and fails where a room of the library or of
// the platform is executed less than it has to be.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { SWC_OPTIONS } from '../environment/typescript.hooks.mjs';

const ROOT = join(import.meta.dirname, '../..');
const HOUSES = ['libs/patronus/src', 'apps/auth-server/src'];
const LEAST = { lines: 95, functions: 95, branches: 90 };
const REPORT = join(ROOT, 'coverage/coverage-summary.json');

const hasCode = (file) => {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const { code } = transformSync(source, { ...SWC_OPTIONS, filename: file });
  return code.replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, '').replace('export { };', '').trim() !== '';
};
const files = HOUSES.flatMap((house) => globSync(`${house}/**/*.ts`, { cwd: ROOT })).filter(
  (file) => !file.endsWith('.spec.ts') && hasCode(file),
);

/** `libs/patronus/src/tenancy` for a file in it; the house itself for the files that are in no room. */
function roomOf(file) {
  const house = HOUSES.find((one) => file.startsWith(`${one}/`));
  const [room, ...rest] = file.slice(house.length + 1).split('/');
  return rest.length === 0 ? house : `${house}/${room}`;
}

const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--coverage',
    '--coverageProvider=v8',
    '--coverageReporters=json-summary',
    '--coverageReporters=html',
    ...files.map((file) => `--collectCoverageFrom=${file}`),
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);

const summary = JSON.parse(readFileSync(REPORT, 'utf8'));
const rooms = new Map();
for (const file of files) {
  const counts = summary[join(ROOT, file)];
  if (counts === undefined) continue;
  const room = rooms.get(roomOf(file)) ?? {};
  for (const kind of Object.keys(LEAST)) {
    const { covered = 0, total = 0 } = room[kind] ?? {};
    room[kind] = {
      covered: covered + counts[kind].covered,
      total: total + counts[kind].total,
    };
  }
  rooms.set(roomOf(file), room);
}

const percent = ({ covered, total }) => (total === 0 ? 100 : (100 * covered) / total);
const shares = [...rooms]
  .map(([room, counts]) => ({
    room,
    ...Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, percent(count)])),
  }))
  .toSorted((one, other) => one.room.localeCompare(other.room));
console.table(
  Object.fromEntries(
    shares.map(({ room, ...share }) => [
      room,
      Object.fromEntries(Object.entries(share).map(([kind, value]) => [kind, Math.floor(value * 10) / 10])),
    ]),
  ),
);
const low = shares.flatMap(({ room, ...share }) => {
  const kinds = Object.entries(LEAST).filter(([kind, least]) => share[kind] < least);
  const said = kinds.map(([kind, least]) => `${share[kind].toFixed(1)} % of ${kind} (at least ${least} %)`);
  return said.length === 0 ? [] : [`${room}: ${said.join(', ')}`];
});
for (const line of low) console.error(`coverage: ${line}`);
process.exitCode = low.length === 0 && jest.status === 0 ? 0 : 1;
