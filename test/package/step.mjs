import { spawn } from 'node:child_process';

/** A command that never ends is one that fails. */
const LIMIT = 120_000;

/** Says what goes on, and how long it took. */
export async function step(what, work) {
  const began = performance.now();
  console.log(`package: ${what}`);
  const result = await work();
  console.log(`package: ${what}: ok (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}

/** Runs a command to its end, and gives what it wrote; throws that where it fails. */
export async function run(command, args, cwd, options = {}) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd, timeout: LIMIT, stdio, ...options });
  let output = '';
  let said = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (said += text));
  const ended = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (ended === 0) return output;
  throw new Error(`${command} ${args.join(' ')}: ${ended}\n${output}${said}`);
}

/** `npm install`, which takes what it has fetched before. */
export async function npmInstall(folder, packages) {
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await run('npm', ['install', ...quiet, ...packages], folder);
}
