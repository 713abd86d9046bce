import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../environment/plain-environment.js';
import { freePort } from '../environment/free-port.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEADLINE = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm start` without npm: the platform and the sample, on their own ports. */
export class RunningStart {
  private stdout = '';
  private stderr = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<Ended>;

  private constructor(
    readonly platformUrl: string,
    readonly sampleUrl: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: ROOT,
      env: { ...plainEnvironment(), NO_COLOR: '1', ...environment },
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

  static async on(
    folder: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<RunningStart> {
    const [platform, sample] = [await freePort(), await freePort()];
    return new RunningStart(`http://localhost:${platform}`, `http://localhost:${sample}`, {
      PLATFORM_PORT: String(platform),
      SAMPLE_PORT: String(sample),
      PATRONUS_SERVER_DATA: `${folder}/platform`,
      PATRONUS_SAMPLE_DATA: `${folder}/sample`,
      // Fast enough for tests.
      HASH_MEMORY: '64',
      HASH_TIME: '1',
      ...more,
    });
  }

  /** Returns its output, once it prints that both are running. */
  async ready(): Promise<string> {
    while (!this.stdout.includes('Ctrl+C')) {
      const ended = await Promise.race([this.exit, this.moreOutput()]);
      if (ended) throw new Error(`it ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
    }
    return this.stdout;
  }

  /** The ids of the two applications, in the order in which they were started. */
  applications(): number[] {
    const { stdout: listed } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(this.child.pid)]);
    return listed
      .toString()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number)
      .toSorted((one, other) => one - other);
  }

  ended(): Promise<Ended> {
    return this.exit;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.exit;
  }

  private async moreOutput(): Promise<undefined> {
    if (this.child.stdout) await once(this.child.stdout, 'data');
    return undefined;
  }
}

/** Resolves once all of these processes have ended. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + DEADLINE;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) throw new Error(`still there: ${pids.filter(isAlive).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
