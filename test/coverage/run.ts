/**
 * `npm run coverage [-- <part of a path> …]`: runs all suites, and fails where a room of the library, of the
 * platform or of the sample is executed less than it has to be. `--records <folder>` runs nothing, and reports
 * what `PATRONUS_COVERAGE=<folder> npm test` has executed.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import istanbul, { type CoverageMap } from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { readRecords } from './executed.js';
import { type House, type Room, roomsOf, shortfallsOf } from './rooms.js';
import { Source } from './source.js';

const ROOT = join(import.meta.dirname, '../..');
const HOUSES: readonly House[] = [
  { path: 'libs/patronus/src' },
  { path: 'libs/embedded-database/src', isRoom: true },
  { path: 'apps/auth-server/src' },
  { path: 'apps/sample/src', isRoom: true },
];

/**
 * Runs the suites whose path contains one of the parts, or all of them. This process fails if one of them
 * does. The suite of Prisma has packages of its own, and is not one of Jest.
 */
function runSuites(parts: readonly string[], records: string): void {
  const all = [['test'], ['test:prisma']];
  for (const args of parts.length === 0 ? all : [['test', '--', ...parts]]) {
    const { status } = spawnSync('npm', ['run', '--silent', ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, PATRONUS_COVERAGE: records },
    });
    if (status !== 0) process.exitCode = 1;
  }
}

async function readCoverage(records: string): Promise<CoverageMap> {
  const sources = HOUSES.flatMap(({ path }) => globSync(`${path}/**/*.ts`, { cwd: ROOT }))
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => Source.compile(join(ROOT, path)));
  const counts = readRecords(
    records,
    sources.map(({ path, code }) => [path, code.length]),
  );
  const coverage = istanbul.createCoverageMap({});
  for (const source of sources) {
    coverage.merge(await source.coverageOf(counts.get(source.path) ?? new Float64Array()));
  }
  return coverage;
}

const rounded = ({ name, shares }: Room) => [
  name,
  Object.fromEntries(
    Object.entries(shares).map(([kind, share]) => [kind, Math.floor(share * 10) / 10]),
  ),
];

/** Writes a page for each file, and the shares of the rooms. This process fails if one is too small. */
function show(coverageMap: CoverageMap): void {
  const dir = join(ROOT, 'coverage');
  reports.create('html').execute(report.createContext({ coverageMap, dir }));
  const rooms = roomsOf(
    coverageMap.files().map((path) => [relative(ROOT, path), coverageMap.fileCoverageFor(path)]),
    HOUSES,
  );
  console.table(Object.fromEntries(rooms.map(rounded)));
  const shortfalls = rooms.flatMap(shortfallsOf);
  for (const line of shortfalls) console.error(`coverage: ${line}`);
  if (shortfalls.length > 0) process.exitCode = 1;
}

const { values, positionals } = parseArgs({
  options: { records: { type: 'string' } },
  allowPositionals: true,
});
if (values.records === undefined) {
  const records = mkdtempSync(join(tmpdir(), 'patronus-coverage-'));
  runSuites(positionals, records);
  show(await readCoverage(records));
  rmSync(records, { recursive: true });
} else {
  show(await readCoverage(values.records));
}
