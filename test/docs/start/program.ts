import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const HOOKS = new URL('../../environment/typescript.hooks.mjs', import.meta.url).href;

/** Program of the page in a separate process, run from the sources of the library. */
export class Program {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<unknown>,
  ) {}

  static start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Program {
    const child = spawn(process.execPath, ['--import', HOOKS, '--no-warnings', ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = new Program(child, once(child, 'exit'));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        program.output += text.toString();
        child.emit('output');
      });
    }
    child.once('exit', () => child.emit('output'));
    return program;
  }

  /** Output so far, without colours. */
  get log(): string {
    // oxlint-disable-next-line no-control-regex
    return this.output.replaceAll(/\u001B\[\d+m/g, '');
  }

  /** Waits until it has printed that text. */
  async says(text: string): Promise<void> {
    while (!this.log.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`It ended, having said: ${this.log}`);
      await once(this.child, 'output');
    }
  }

  /** Returns its exit code, once it has ended. */
  async result(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.ended;
  }
}
