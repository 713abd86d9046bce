// `npm run interop`: real issuers from the registry, a real application before them, real tokens.
// Installs the issuers into this folder the first time.
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '../..');

/** A run that never ends, such as one whose issuer does not stop, is one that fails. */
const LIMIT = 5 * 60_000;

function fail(problem) {
  console.error(`interop: ${problem}`);
  process.exit(1);
}

function run(what, command, args, cwd, env = process.env) {
  const began = performance.now();
  console.log(`interop: ${what}`);
  const { status, signal, error } = spawnSync(command, args, {
    cwd,
    env,
    stdio: 'inherit',
    timeout: LIMIT,
  });
  if (status !== 0) fail(`${what} FAILED (${error?.message ?? signal ?? `exit ${status}`})`);
  console.log(`interop: ${what}: ok (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function isInstalled() {
  const installed = changedAt(join(here, 'node_modules/.package-lock.json'));
  return installed >= changedAt(join(here, 'package-lock.json'));
}

if (Number.parseInt(process.versions.node, 10) < 24) fail('needs the Node of `npm run interop`');

if (!isInstalled()) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  run('installing the issuers into test/interop', 'npm', args, here);
}
run('building the library', 'npm', ['run', '--silent', 'build'], root);

// The tests of a test runner that is itself under test would think that they are its own.
const { NODE_TEST_CONTEXT: _, NODE_ENV: __, ...env } = process.env;
const files = globSync('*.test.mjs', { cwd: here }).toSorted();
run(
  `${files.length} suites with real issuers`,
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-timeout=90000', ...files],
  here,
  env,
);
console.log('interop: all passed');
