// Smoke test of what is built: start, ask, be refused, stop. Needs `npm run build` before.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../test/environment/free-port.mjs';
import { systemNode } from './machine.mjs';

const root = join(import.meta.dirname, '..');
const sample = process.env.SMOKE_MAIN ?? 'apps/sample/dist/main.js';
/** The first start makes the embedded database, on machines that may be busy. */
const START_LIMIT = 10_000;
const STOP_LIMIT = 5_000;
const COMPILE_LIMIT = 60_000;
const UNREACHABLE_ISSUER = { OIDC_ISSUER: 'https://127.0.0.1:9', OIDC_AUDIENCE: 'clinic-api' };

const running = new Set();
const dataFolders = new Set();
process.on('exit', () => {
  running.forEach((process_) => process_.killHard());
  dataFolders.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

function assert(holds, problem) {
  if (!holds) throw new Error(problem);
}

/** The embedded database, in a new folder: the first start is the slow one. */
function embedded() {
  const folder = mkdtempSync(join(tmpdir(), 'patronus-smoke-'));
  dataFolders.add(folder);
  return { DATABASE_URL: '', PATRONUS_SAMPLE_DATA: folder };
}

/** Starts a program in a process group of its own and remembers what it says. */
function start(command, args, env) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const program = {
    output: '',
    exit: undefined,
    kill: (signal) => process.kill(-child.pid, signal),
    /** Whether no process of its group is left. */
    isGone() {
      try {
        return !process.kill(-child.pid, 0);
      } catch {
        return true;
      }
    },
    killHard() {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
  };
  child.stdout.on('data', (chunk) => (program.output += chunk));
  child.stderr.on('data', (chunk) => (program.output += chunk));
  program.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve((program.exit = { error })));
    child.once('exit', (code, signal) => resolve((program.exit = { code, signal })));
  });
  running.add(program);
  return program;
}

async function answersOrEnds(program, url, limit) {
  const deadline = performance.now() + limit;
  while (performance.now() < deadline && program.exit === undefined) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    await sleep(10);
  }
  return false;
}

async function healthy(program, base, limit) {
  const began = performance.now();
  const answered = await answersOrEnds(program, `${base}/health`, limit);
  const took = Math.round(performance.now() - began);
  const end = program.exit && `it ended with ${JSON.stringify(program.exit)}`;
  assert(
    answered,
    `/health did not answer within ${limit} ms; ${end ?? 'it still runs'}:\n${program.output}`,
  );
  return took;
}

function get(url, token) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { headers, signal: AbortSignal.timeout(5_000) });
}

/** The token with one character of its signature changed, all of whose bits count. */
function tampered(token) {
  const at = token.lastIndexOf('.') + 10;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

async function stop(program) {
  const began = performance.now();
  program.kill('SIGTERM');
  const end = await Promise.race([program.ended, sleep(STOP_LIMIT)]);
  assert(end !== undefined, `it still runs ${STOP_LIMIT} ms after SIGTERM`);
  assert(end.code === 0, `after SIGTERM it ended with ${JSON.stringify(end)}:\n${program.output}`);
  return Math.round(performance.now() - began);
}

async function serves(node) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const program = start(node, [sample], {
    ...embedded(),
    PORT: String(port),
    NODE_ENV: 'development',
  });
  const took = await healthy(program, base, START_LIMIT);
  console.log(`  started, /health answers after ${took} ms (limit ${START_LIMIT})`);

  const anonymous = await get(`${base}/patients`);
  const challenge = anonymous.headers.get('www-authenticate');
  assert(anonymous.status === 401, `/patients without a token: ${anonymous.status}, not 401`);
  assert(challenge?.startsWith('Bearer'), `the 401 challenges with ${challenge}`);
  console.log(`  no token: 401, ${challenge}`);

  const demo = await get(`${base}/demo/tokens`);
  assert(demo.status === 200, `/demo/tokens: ${demo.status}, not 200`);
  const tokens = await demo.json();
  const receptionist = tokens.find((one) => one.user === 'receptionist');
  assert(receptionist, `no receptionist among ${tokens.map((one) => one.user).join(', ')}`);
  const allowed = await get(`${base}/patients`, receptionist.token);
  assert(allowed.status === 200, `/patients as the receptionist: ${allowed.status}, not 200`);
  console.log('  receptionist: 200');

  const forged = await get(`${base}/patients`, tampered(receptionist.token));
  assert(forged.status === 401, `/patients with a changed signature: ${forged.status}, not 401`);
  console.log('  one character of the signature changed: 401');

  console.log(`  SIGTERM: exit 0 after ${await stop(program)} ms (limit ${STOP_LIMIT})`);
}

async function refusesDemoInProduction(node, settings) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    ...embedded(),
    PORT: String(port),
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    ...settings,
  };
  const program = start(node, [sample], env);
  if (await answersOrEnds(program, `${base}/health`, START_LIMIT)) {
    const demo = await get(`${base}/demo/tokens`);
    assert(demo.status === 404, `/demo/tokens in production: ${demo.status}, not 404`);
    console.log(`  it serves, and /demo/tokens is 404`);
    await stop(program);
    return;
  }
  assert(program.exit !== undefined, `it neither serves nor ends:\n${program.output}`);
  const message = program.output.trim();
  assert(program.exit.code > 0, `it ended with ${JSON.stringify(program.exit)}`);
  assert(message.length > 0, 'it ended without saying why');
  assert(!/^\s+at /m.test(message), `it ended with a stack trace, not a message:\n${message}`);
  console.log(`  it refuses to start (exit ${program.exit.code}): ${message.split('\n').at(-1)}`);
}

/** A database that is there for one step only, beside the one that DATABASE_URL names. */
async function onOwnDatabase(work) {
  const name = `patronus_smoke_${process.pid}`;
  await onServer(`create database ${name} template template0`);
  try {
    const url = new URL(process.env.DATABASE_URL);
    url.pathname = `/${name}`;
    await work(url.href);
  } finally {
    await onServer(`drop database ${name} with (force)`);
  }
}

async function onServer(statement) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Starts the sample by a command that compiles it first. */
async function startsBy(command, args) {
  const port = await freePort();
  const program = start(command, args, {
    ...embedded(),
    PORT: String(port),
    NODE_ENV: 'development',
  });
  const took = await healthy(program, `http://127.0.0.1:${port}`, COMPILE_LIMIT);
  program.kill('SIGTERM');
  const end = await Promise.race([program.ended, sleep(STOP_LIMIT)]);
  assert(end !== undefined, `it still runs ${STOP_LIMIT} ms after SIGTERM`);
  console.log(`  compiled and started, /health answers after ${took} ms; stopped`);
}

async function buildsByNestCli(project) {
  const program = start('npx', ['nest', 'build', project], {});
  const end = await Promise.race([program.ended, sleep(COMPILE_LIMIT)]);
  assert(end?.code === 0, `it ended with ${JSON.stringify(end)}:\n${program.output}`);
  const main = join(root, 'apps', project, 'dist/main.js');
  assert(existsSync(main), `there is no ${main}`);
  console.log(`  compiled`);
}

/** The whole of `npm start`, as somebody types it: the platform and the sample. */
async function startsTogether() {
  const [platformPort, samplePort] = [await freePort(), await freePort()];
  const { PATRONUS_SAMPLE_DATA: folder } = embedded();
  const program = start('npm', ['start'], {
    DATABASE_URL: '',
    PATRONUS_SAMPLE_DATA: join(folder, 'sample'),
    PATRONUS_SERVER_DATA: join(folder, 'platform'),
    PLATFORM_PORT: String(platformPort),
    SAMPLE_PORT: String(samplePort),
  });
  const took = await healthy(program, `http://localhost:${samplePort}`, COMPILE_LIMIT);
  const platform = await get(`http://localhost:${platformPort}/health/ready`);
  assert(platform.status === 200, `/health/ready of the platform: ${platform.status}, not 200`);
  console.log(`  both are healthy after ${took} ms, the build included`);

  program.kill('SIGTERM');
  const end = await Promise.race([program.ended, sleep(STOP_LIMIT)]);
  assert(end !== undefined, `it still runs ${STOP_LIMIT} ms after SIGTERM:\n${program.output}`);
  const deadline = performance.now() + STOP_LIMIT;
  while (!program.isGone() && performance.now() < deadline) await sleep(10);
  assert(program.isGone(), `it left a process behind:\n${program.output}`);
  console.log('  SIGTERM: no process is left');
}

const node24 = join(root, 'node_modules/.bin/node');
const nodes = [
  ["the workspace's Node", node24],
  ["the system's Node", systemNode()],
];
const steps = nodes.flatMap(([name, node]) => [
  [`the sample under ${name}`, () => serves(node)],
  [`production without settings under ${name}`, () => refusesDemoInProduction(node, {})],
  [
    `production without a database under ${name}`,
    () => refusesDemoInProduction(node, UNREACHABLE_ISSUER),
  ],
  ...(process.env.DATABASE_URL
    ? [
        [
          `production under ${name}`,
          () =>
            onOwnDatabase((url) =>
              refusesDemoInProduction(node, { ...UNREACHABLE_ISSUER, DATABASE_URL: url }),
            ),
        ],
      ]
    : []),
]);
if (process.env.SMOKE_MAIN === undefined) {
  steps.push(
    ['npx nest start sample', () => startsBy('npx', ['nest', 'start', 'sample'])],
    ['npx nest build auth-server', () => buildsByNestCli('auth-server')],
    ['npm run start:sample', () => startsBy('npm', ['run', 'start:sample'])],
    ['npm start', startsTogether],
  );
}

for (const [index, [name, run]] of steps.entries()) {
  console.log(`smoke ${index + 1}/${steps.length}: ${name}`);
  try {
    await run();
  } catch (error) {
    console.error(`smoke ${index + 1}/${steps.length}: ${name} FAILED\n  ${error.message}`);
    process.exit(1);
  }
}
console.log('smoke: all passed');
process.exit(0);
