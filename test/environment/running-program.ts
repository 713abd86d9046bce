import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from './plain-environment.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program in a process of its own, started in the root of the workspace. */
export class RunningProgram {
  #stdout = '';
  #stderr = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<Ended>;

  constructor(
    environment: Readonly<Record<string, string>>,
    args: readonly string[],
    command = process.execPath,
  ) {
    this.#child = spawn(command, args, {
      cwd: ROOT,
      env: { ...plainEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#exit = once(this.#child, 'close').then(([code]: (number | null)[]) => ({
      code: code ?? null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /**
   * Returns the standard output once it matches a pattern.
   *
   * @throws {Error} if the program ends before
   */
  async says(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#stdout)) {
      const ended = await Promise.race([this.#exit, this.#more()]);
      if (ended) throw new Error(`it ended with ${ended.code}: ${this.output}`);
    }
    return this.#stdout;
  }

  ended(): Promise<Ended> {
    return this.#exit;
  }

  /** Sends a signal, and waits for the end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.signal(signal);
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async #more(): Promise<undefined> {
    if (this.#child.stdout) await once(this.#child.stdout, 'data');
    return undefined;
  }
}
