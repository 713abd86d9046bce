import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../libs/patronus/src/command/main.ts', import.meta.url));
export const HOOKS = new URL('../environment/typescript.hooks.mjs', import.meta.url).href;

/** Environment and folder of a command, besides its arguments. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Result of a command. */
export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment without colours: Jest enables them for its own processes, and so for these. */
const { FORCE_COLOR: _forced, NO_COLOR: _none, ...PLAIN } = process.env;

/** Starts `patronus …` as a process of its own. */
export function start(args: readonly string[], { env, cwd }: Surroundings = {}): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', '--import', HOOKS, PROGRAM, ...args], {
    env: { ...PLAIN, ...env },
    stdio: 'pipe',
    ...(cwd !== undefined && { cwd }),
  });
}

/** Runs `patronus …` to its end. */
export async function run(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  const child = start(args, around);
  child.stdin?.end(around.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** Runs stateless commands one after the other, in one separate process. */
export class CommandHost {
  readonly #child: ChildProcess;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#child = fork(fileURLToPath(new URL('command-host.mjs', import.meta.url)), [], {
      execArgv: ['--no-warnings', '--import', HOOKS],
      env: { ...PLAIN, ...env },
    });
  }

  async run(args: readonly string[], input = ''): Promise<Ended> {
    this.#child.send({ args, input });
    const [ended] = await once(this.#child, 'message');
    return ended;
  }

  stop(): void {
    this.#child.kill();
  }
}
