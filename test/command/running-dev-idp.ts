import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { run, start, type Surroundings } from './run-command.js';

/** `patronus dev-idp` in a separate process, on a free port. */
export class RunningDevIdp {
  private constructor(
    private readonly child: ChildProcess,
    private readonly closed: Promise<unknown[]>,
    readonly issuer: string,
    readonly audience: string,
    readonly users: readonly string[],
    readonly warnings: readonly string[],
  ) {}

  static async start(args: readonly string[] = [], around?: Surroundings): Promise<RunningDevIdp> {
    const child = start(['dev-idp', '--port', '0', '--json', ...args], around);
    const closed = once(child, 'close');
    const warnings: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => warnings.push(chunk.toString()));
    const line = once(createInterface(child.stdout!), 'line');
    const ended = closed.then(() => {
      throw new Error(`dev-idp ended: ${warnings.join('')}`);
    });
    const [said] = await Promise.race([line, ended]);
    ended.catch(() => undefined);
    const { issuer, audience, users } = JSON.parse(said);
    return new RunningDevIdp(child, closed, issuer, audience, users, warnings);
  }

  /** Runs `patronus token` for a user of this issuer. */
  async token(user: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(['token', '--issuer', this.issuer, '--user', user, ...args]);
    return stdout.trimEnd();
  }

  /** Ends it as Ctrl+C does, and returns its exit code. */
  async stop(): Promise<unknown> {
    this.child.kill('SIGINT');
    const [code] = await this.closed;
    return code;
  }
}
