// `npm run test:prisma`: tenantPrisma with the client that Prisma generates, on the PostgreSQL that
// DATABASE_URL names. Installs Prisma into this folder the first time.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const LIMIT = 3 * 60_000;

function fail(problem) {
  console.error(`prisma: ${problem}`);
  process.exit(1);
}

function run(what, command, args, env = process.env) {
  console.log(`prisma: ${what}`);
  const options = { cwd: here, env, stdio: 'inherit', timeout: LIMIT };
  const { status, signal, error } = spawnSync(command, args, options);
  if (status !== 0) fail(`${what} FAILED (${error?.message ?? signal ?? `exit ${status}`})`);
}

function changedAt(path) {
  return statSync(join(here, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.env.DATABASE_URL === undefined) fail('DATABASE_URL names no PostgreSQL');
if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  run('installing Prisma into test/prisma', 'npm', args);
}
// The client needs no engine, and generating it none either: without this, one would be fetched.
const env = {
  ...process.env,
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  CHECKPOINT_DISABLE: '1',
};
const prisma = join(here, 'node_modules/prisma/build/index.js');
run('generating', process.execPath, [prisma, 'generate', '--schema', 'schema.prisma'], env);
const hooks = '../environment/typescript.hooks.mjs';
const suite = ['--import', hooks, '--test', '--test-timeout=60000', 'tenant-prisma.test.mjs'];
run('the suite', process.execPath, suite);
console.log('prisma: all passed');
