import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

const SERVER_CORE = '0';
const LOAD_CORE = '1';
const canPin =
  availableParallelism() > 1 && spawnSync('taskset', ['-c', SERVER_CORE, 'true']).status === 0;

const children = new Set();
process.once('exit', () => children.forEach((child) => child.kill()));

/** How the processes share the cores, for the report. */
export const placement = canPin
  ? 'server on one core, load on another'
  : 'not pinned: there is no taskset, or only one core';

/** Moves this process, which makes the load, to its own core. */
export function pinThisProcess() {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', LOAD_CORE, String(process.pid)]);
}

/** The Node of the workspace, and the first on the PATH that no npm script put there. */
export function findNodes() {
  const folders = process.env.PATH.split(delimiter).filter((one) => !one.includes('node_modules'));
  const system = spawnSync('/usr/bin/env', ['node', '--print', 'process.execPath'], {
    env: { ...process.env, PATH: folders.join(delimiter) },
    encoding: 'utf8',
  });
  const paths = new Set([process.execPath, system.stdout?.trim()].filter(Boolean));
  return [...paths].map((path) => ({ path, version: versionOf(path) }));
}

function versionOf(path) {
  return spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim();
}

/** Starts a script of `bench/` on the server's core; what it sends arrives by {@link receive}. */
export function startPinned(script, args, { node = process.execPath, flags = [] } = {}) {
  const command = [node, ...flags, join(import.meta.dirname, '..', script), ...args];
  const [file, ...rest] = canPin ? ['taskset', '-c', SERVER_CORE, ...command] : command;
  const child = spawn(file, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** The next message of a child, or an error where it ends without one. */
export async function receive(child) {
  const stop = new AbortController();
  const ended = once(child, 'exit', stop).then(([code, signal]) => {
    throw new Error(`${child.spawnargs.at(-2)} ended with ${code ?? signal}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', stop), ended]);
    return message;
  } finally {
    ended.catch(() => {});
    stop.abort();
  }
}

/** Runs a script on the server's core to its one message. */
export async function measurePinned(script, args = [], options = {}) {
  const child = startPinned(script, args, options);
  const message = await receive(child);
  child.disconnect();
  await once(child, 'exit');
  return message;
}
