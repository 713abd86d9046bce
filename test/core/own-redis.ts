import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../environment/free-port.mjs';

const PROGRAM = 'redis-server';

/** Returns true if a Redis can be started here. */
export function hasRedisServer(path = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => existsSync(join(folder, PROGRAM)));
}

/** Redis process of a test, on its own port, that can be killed, halted and restarted. */
export class OwnRedis {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly keepsData: boolean,
  ) {}

  /** Reserves a port; nothing listens there before {@link start}. */
  static async make(options: { readonly keepsData: boolean }): Promise<OwnRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'patronus-redis-'));
    return new OwnRedis(folder, await freePort(), options.keepsData);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = {
      '--port': String(this.port),
      '--bind': '127.0.0.1',
      '--dir': this.folder,
      '--save': '',
      '--appendonly': this.keepsData ? 'yes' : 'no',
      '--appendfsync': 'always',
    };
    const child = spawn(PROGRAM, Object.entries(options).flat(), {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.process = child;
    let log = '';
    for await (const chunk of child.stdout) {
      log += String(chunk);
      if (log.includes('Ready to accept connections')) break;
    }
    if (child.exitCode !== null) throw new Error(`${PROGRAM} ended: ${log}`);
  }

  halt(): void {
    this.process?.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.process === undefined || this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    this.process = undefined;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
