// `npm run mutants [-- --file <part of a path>]`: changes the code that decides, one place at a
// time, and fails where the tests do not notice.
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe, isDead, judge, keyOf, mutantsOf, placesOf, tableOf } from './report.mjs';
import { targets } from './targets.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const reportFile = join(root, `reports/mutants-${process.pid}.json`);
process.env.MUTANTS_REPORT = reportFile;
process.env.MUTANTS_COPY = `.stryker-tmp/${process.pid}`;

const { file: part } = parseArgs({ options: { file: { type: 'string' } } }).values;

function fail(problem) {
  console.error(`mutants: ${problem}`);
  process.exit(1);
}

/** The files to mutate. A `--file` that matches no target may name any other library file. */
function chosenFiles() {
  const find = (patterns) =>
    globSync(patterns, { cwd: root })
      .filter((file) => !/\.spec\.ts$|(^|\/)index\.ts$/.test(file))
      .filter((file) => part === undefined || file.includes(part))
      .toSorted();
  const files = find(targets);
  return files.length > 0 || part === undefined ? files : find(['libs/*/src/**/*.ts']);
}

/** Runs a program to its end, and ends it where this one is ended. */
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? signal);
    });
  });
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function install() {
  const installed = changedAt(join(here, 'node_modules/.package-lock.json'));
  if (installed >= changedAt(join(here, 'package-lock.json'))) return;
  console.log('mutants: installing Stryker into test/mutation');
  const end = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], here);
  if (end !== 0) fail(`npm ci in test/mutation ended with ${end}`);
}

/** One run of Stryker over files, or over places in files. */
async function mutate(places, round) {
  const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const config = join(here, 'stryker.config.mjs');
  process.env.MUTANTS_ROUND = round;
  const end = await run(process.execPath, [stryker, 'run', config, '-m', places.join(',')], root);
  if (end === 1) fail('Stryker gave up. The tests must pass before anything is mutated.');
  if (end !== 0) fail(`Stryker ended with ${end}`);
  // Stryker writes no report where no suite of the round reaches any of the places.
  if (!existsSync(reportFile)) return [];
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  rmSync(reportFile);
  return mutantsOf(report);
}

/** The mutants of all files, after the second round for those that the first did not kill. */
async function mutateTwice(files) {
  const first = await mutate(files, 'specs');
  if (first.length === 0) return mutate(files, 'whole');
  const places = placesOf(first.filter((one) => one.status !== 'Ignored' && !isDead(one)));
  if (places.length === 0) return first;
  console.log(`\nmutants: ${places.length} place(s) again, in whole applications`);
  const second = new Map((await mutate(places, 'whole')).map((one) => [keyOf(one), one]));
  return first.map((one) => (isDead(one) ? one : (second.get(keyOf(one)) ?? one)));
}

function readAccepted() {
  const accepted = JSON.parse(readFileSync(join(here, 'accepted.json'), 'utf8'));
  const silent = accepted.find(({ reason }) => !reason);
  if (silent) fail(`accepted.json gives no reason for ${silent.file}: ${silent.original}`);
  return accepted;
}

const accepted = readAccepted();
const files = chosenFiles();
if (files.length === 0) fail(`no file to mutate${part === undefined ? '' : ` matches "${part}"`}`);
await install();
console.log(`mutants: ${files.length} file(s)\n  ${files.join('\n  ')}`);
const began = performance.now();
const mutants = await mutateTwice(files);
if (mutants.length === 0) fail('nothing was mutated: no suite reaches what was chosen');
const { survivors, undecided, stale } = judge(mutants, accepted);

console.log();
console.table(tableOf(mutants));
for (const one of survivors) console.log(`\nSURVIVED ${describe(one)}`);
for (const one of undecided) console.log(`\nUNDECIDED (${one.status}) ${describe(one)}`);
for (const one of stale) console.log(`\naccepted.json: no longer survives: ${describe(one)}`);
const seconds = Math.round((performance.now() - began) / 1000);
const bad = survivors.length + undecided.length;
console.log(
  `\nmutants: ${bad === 0 ? 'none survived unaccounted for' : `${bad} to look at`} (${seconds} s)`,
);
process.exitCode = bad === 0 ? 0 : 1;
