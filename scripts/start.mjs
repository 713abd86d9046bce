// `npm start`: the identity platform and the sample that trusts it, in one terminal.
// Needs `npm run build` before. `concurrently` starts programs, too, but neither waits until one
// answers before it starts the next, nor ends them when it is killed itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireNode } from './machine.mjs';

// Comes before everything that an older version lacks.
requireNode();

const ROOT = join(import.meta.dirname, '..');
const END_WITH_PARENT = new URL('end-with-parent.mjs', import.meta.url).href;
const PLATFORM = 'apps/auth-server/dist/main.js';
const SAMPLE = 'apps/sample/dist/main.js';
const SETUP_LINK = /https?:\/\/\S+\/setup\?\S+/;
const SAMPLE_CLIENT = 'sample';
/** Names that both applications read: each has one of its own here. */
const PER_APPLICATION = ['PORT', 'DATABASE_URL', 'NODE_ENV'];
const STOP_LIMIT = 10_000;
const ANSWER_LIMIT = 60_000;
const REMIND_EVERY = 5_000;
const LOOK_EVERY = 200;

/** The reason why nothing starts. The message is one line for the terminal. */
class StartError extends Error {}

const programs = [];
const ending = new AbortController();
const ended = Promise.withResolvers();

/** Stops all programs. Only the first call counts; its code becomes the exit code. */
async function endAll(code) {
  if (ending.signal.aborted) return;
  ending.abort();
  await Promise.all(programs.map((program) => program.stop()));
  ended.resolve(code);
}

function say(name, line) {
  console.log(`${name.padEnd('platform'.length)} | ${line}`);
}

/** Runs an application in a process of its own. As soon as it ends, the others are stopped. */
async function run(name, main, env, onLine = () => undefined) {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, main], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      say(name, line);
      onLine(line);
    });
  }
  const closed = once(child, 'close');
  programs.push({
    async stop() {
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
      await closed;
      clearTimeout(limit);
    },
  });
  const [exitCode, signal] = await closed;
  // A signal counts as in a shell.
  const code = exitCode ?? 128 + constants.signals[signal];
  if (!ending.signal.aborted) say('start', `The ${name} ended with ${code}.`);
  await endAll(code);
}

/** @throws {StartError} if the port is taken */
async function requireFreePort(name, port, host = '127.0.0.1') {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be had (${cause.code})`;
      const message = `Port ${port} ${inUse}: choose another one with ${name}.`;
      reject(new StartError(message, { cause }));
    });
    server.listen(port, host, () => server.close(resolve));
  });
}

/** @throws {StartError} if the address does not answer with success within a minute */
async function untilAnswering(url) {
  const began = performance.now();
  let reminders = 0;
  for (;;) {
    const waited = performance.now() - began;
    if (await answers(url)) return;
    ending.signal.throwIfAborted();
    if (waited > ANSWER_LIMIT) {
      throw new StartError(`${url} does not answer after ${ANSWER_LIMIT / 1000} seconds.`);
    }
    if (waited > (reminders + 1) * REMIND_EVERY) {
      reminders += 1;
      say('start', `Waiting for ${url} (${Math.round(waited / 1000)} s)`);
    }
    await sleep(100, undefined, { signal: ending.signal });
  }
}

async function answers(url) {
  try {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(2_000)]);
    const response = await fetch(url, { signal });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function readPort(name, standard) {
  const text = process.env[name] || standard;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new StartError(`${name} must be a whole number from 1 to 65535, and is "${text}".`);
}

/** RFC 7591, section 2: a public client of the operator, which holds no token beyond the session. */
function clientOf(sampleUrl) {
  return {
    client_id: SAMPLE_CLIENT,
    client_name: 'The clinic',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [`${sampleUrl}/sign-in/callback`],
    post_logout_redirect_uris: [`${sampleUrl}/`],
    skip_consent: true,
  };
}

/** The environments of the platform and of the sample. */
function environmentsOf(issuer, sampleUrl, ports) {
  const { PLATFORM_DATABASE_URL = '', SAMPLE_DATABASE_URL = '', LOG_LEVEL } = process.env;
  const shared = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !PER_APPLICATION.includes(name)),
  );
  const platform = {
    ...shared,
    NODE_ENV: 'development',
    PORT: String(ports.PLATFORM_PORT),
    ISSUER: issuer,
    DATABASE_URL: PLATFORM_DATABASE_URL,
    LOG_LEVEL: LOG_LEVEL || 'warn',
    CLIENTS: JSON.stringify([clientOf(sampleUrl)]),
    RESOURCE_SERVERS: JSON.stringify([{ identifier: sampleUrl, scopes: [] }]),
  };
  const sample = {
    ...shared,
    NODE_ENV: 'development',
    PORT: String(ports.SAMPLE_PORT),
    PUBLIC_URL: sampleUrl,
    DATABASE_URL: SAMPLE_DATABASE_URL,
    OIDC_ISSUER: issuer,
    OIDC_AUDIENCE: sampleUrl,
    OIDC_CLIENT_ID: SAMPLE_CLIENT,
    OIDC_CLIENT_SECRET: '',
    MEMBERS_FROM: 'table',
  };
  return { platform, sample };
}

async function start() {
  if (process.env.NODE_ENV === 'production') {
    throw new StartError(
      'npm start is for development: it makes members of strangers. In production each application is started by itself.',
    );
  }
  const ports = {
    PLATFORM_PORT: readPort('PLATFORM_PORT', '4000'),
    SAMPLE_PORT: readPort('SAMPLE_PORT', '3000'),
  };
  if (ports.PLATFORM_PORT === ports.SAMPLE_PORT) {
    throw new StartError('PLATFORM_PORT and SAMPLE_PORT must be two ports.');
  }
  for (const [name, port] of Object.entries(ports)) {
    await requireFreePort(name, port, process.env.HOST || undefined);
  }
  if (process.env.DATABASE_URL) {
    say(
      'start',
      'DATABASE_URL is not used here: PLATFORM_DATABASE_URL and SAMPLE_DATABASE_URL name a database for each application.',
    );
  }
  const issuer = `http://localhost:${ports.PLATFORM_PORT}`;
  const sampleUrl = `http://localhost:${ports.SAMPLE_PORT}`;
  const { platform, sample } = environmentsOf(issuer, sampleUrl, ports);

  ending.signal.throwIfAborted();
  let setupLink;
  void run('platform', PLATFORM, platform, (line) => {
    setupLink ??= SETUP_LINK.exec(line)?.[0];
  });
  await untilAnswering(`${issuer}/.well-known/openid-configuration`);
  ending.signal.throwIfAborted();
  void run('sample', SAMPLE, sample);
  await untilAnswering(`${sampleUrl}/health`);

  say('start', '');
  say('start', `The clinic:           ${sampleUrl}`);
  say('start', `Register or sign in:  ${issuer}/register, or the button on the clinic's page`);
  say('start', `Mail it would send:   ${issuer}/dev/mail`);
  if (setupLink) say('start', `First administrator:  ${setupLink} (works once)`);
  say('start', 'Ctrl+C ends both.');
}

// Ctrl+C comes twice, from the terminal and from npm: a second signal is the same request.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    void endAll(0);
  });
}
// npm starts this in a shell, which does not pass on a signal that was sent to npm alone: it ends, and
// this has another parent.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) void endAll(0);
  }, LOOK_EVERY).unref();
  // The reader of the output may be gone, too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
try {
  await start();
} catch (error) {
  // An application that ended has said why in its own lines.
  if (!ending.signal.aborted) {
    console.error(error instanceof StartError ? error.message : error);
    await endAll(1);
  }
}
process.exitCode = await ended.promise;
