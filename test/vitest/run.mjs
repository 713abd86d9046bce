// `npm run test:vitest`: the testing kit as an application uses it, from the built package: under Vitest,
// and in CommonJS under node:test. Installs Vitest into this folder the first time.
import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const root = join(here, '../..');
const LIMIT = 3 * 60_000;

function fail(problem) {
  console.error(`vitest: ${problem}`);
  process.exit(1);
}

// The parent process may be a test runner itself, and these tests would report to it.
const { NODE_TEST_CONTEXT: _, NODE_ENV: __, VITEST: ___, ...env } = process.env;

function run(what, command, args, cwd = here) {
  console.log(`vitest: ${what}`);
  const options = { cwd, env, stdio: 'inherit', timeout: LIMIT };
  const { status, signal, error } = spawnSync(command, args, options);
  if (status !== 0) fail(`${what} FAILED (${error?.message ?? signal ?? `exit ${status}`})`);
}

function changedAt(path) {
  return statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (Number.parseInt(process.versions.node, 10) < 24)
  fail('needs the Node of `npm run test:vitest`');

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  run('installing Vitest into test/vitest', 'npm', args);
}
run('building the library', 'npm', ['run', '--silent', 'build'], root);
const typescript = join(root, 'node_modules/typescript/bin/tsc');
run('types', process.execPath, [typescript, '-p', here]);
const vitest = join(here, 'node_modules/vitest/vitest.mjs');
run('under Vitest', process.execPath, [vitest, 'run']);
const suites = globSync('*.test.cjs', { cwd: here });
run('in CommonJS', process.execPath, ['--test', '--test-timeout=60000', ...suites]);
console.log('vitest: all passed');
