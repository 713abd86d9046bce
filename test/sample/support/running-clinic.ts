import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { plainEnvironment } from '../../environment/plain-environment.js';
import { programOf } from '../../environment/program.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Built sample in a separate process, as `npm start` runs it. */
export class RunningClinic {
  private stdout = '';
  private stderr = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<Ended>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, programOf('sample'), {
      env: { ...plainEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = once(this.child, 'close').then(([code]: (number | null)[]) => ({
      code: code ?? null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** The output after the start. */
  async welcome(): Promise<string> {
    while (!/curl -i \S+\n/.test(this.stdout)) {
      const ended = await Promise.race([this.exit, this.moreOutput()]);
      if (ended) throw new Error(`the clinic ended with ${ended.code}: ${ended.stderr}`);
    }
    return this.stdout;
  }

  async url(): Promise<string> {
    const address = /listens on (\S+)/.exec(await this.welcome())?.[1];
    if (address === undefined) throw new Error('the clinic named no address');
    return address;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  ended(): Promise<Ended> {
    return this.exit;
  }

  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.exit;
  }

  private async moreOutput(): Promise<undefined> {
    if (this.child.stdout) await once(this.child.stdout, 'data');
    return undefined;
  }
}
