import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { plainEnvironment } from '../../environment/plain-environment.js';
import { programOf } from '../../environment/program.js';

/** The built platform in a process of its own. */
export class RunningPlatform {
  #output = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, programOf('auth-server'), {
      env: { ...plainEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#exit = once(this.#child, 'close').then(([code]: (number | null)[]) => code ?? null);
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves once its output holds a text. */
  async says(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      const more = once(this.#child.stdout!, 'data').then(() => undefined);
      const code = await Promise.race([this.#exit, more]);
      if (code !== undefined) throw new Error(`it ended with ${code}: ${this.#output}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Returns its exit code; null if a signal ended it. */
  ended(): Promise<number | null> {
    return this.#exit;
  }
}
