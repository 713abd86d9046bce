import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../environment/free-port.mjs';

/** Returns true if a Redis process can be started. Logs one line if it cannot; CI must have it. */
export function hasRedisServer(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  const line = 'Left out: tests that stop and start a Redis (no redis-server on the PATH).';
  if (process.env['CI'] === 'true') throw new Error(`${line} Under CI=true every test must run.`);
  console.log(line);
  return false;
}

/** Redis process of a test, which can be stopped and restarted on the same port. */
export class RedisProcess {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** @param settings - members of its configuration file, besides the address */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort(), settings);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves once it takes connections. */
  async start(): Promise<void> {
    const address = { port: String(this.port), bind: '127.0.0.1' };
    const options = { ...address, save: '', appendonly: 'no', ...this.settings };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    let log = '';
    const ready = Promise.withResolvers<void>();
    child.stdout.on('data', (chunk) => {
      log += String(chunk);
      if (log.includes('Ready to accept connections')) ready.resolve();
    });
    child.once('exit', () => ready.reject(new Error(`redis-server ended: ${log}`)));
    await ready.promise;
  }

  /** Kills it with its connections, without notice to its clients. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Lets it hang: it keeps its connections, and answers nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
