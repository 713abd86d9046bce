import { createClient } from '@redis/client';
import { DPoPReplays } from '../authentication/dpop/dpop-replays.js';
import { withinDeadline } from '../identity/deadline.js';
import { PATIENCE, privateOptions, type ConnectionOptions } from './redis-connection.js';
import { readReplaysOptions, type RedisDPoPReplaysOptions } from './redis-dpop-replays.options.js';

/** More than wait for an answer within {@link PATIENCE}, unless Redis hangs. */
const MAX_WAITING = 10_000;

/**
 * Remembers used DPoP proofs in Redis, for all instances together. While Redis cannot be reached, no
 * proof is accepted. The Redis should not evict keys: a forgotten proof can be used again.
 */
export class RedisDPoPReplays extends DPoPReplays {
  readonly #client: ReturnType<typeof connectionTo>;
  readonly #prefix: string;
  #modules = 0;

  /** @throws {PatronusConfigurationError} where an option is wrong */
  constructor(options: RedisDPoPReplaysOptions) {
    super();
    const { connection, prefix } = readReplaysOptions(options);
    this.#client = connectionTo(connection);
    this.#prefix = prefix;
  }

  override async firstUse(key: string, ttlSeconds: number): Promise<boolean> {
    const answer = await this.#client.set(this.#prefix + key, '1', {
      condition: 'NX',
      expiration: { type: 'PX', value: Math.ceil(ttlSeconds * 1000) },
    });
    return answer === 'OK';
  }

  override async start(): Promise<void> {
    this.#modules += 1;
    if (this.#client.isOpen) return;
    const connected = this.#client.connect();
    // It goes on trying by itself.
    await withinDeadline(connected, PATIENCE).catch(() => {});
  }

  override stop(): Promise<void> {
    this.#modules -= 1;
    if (this.#modules <= 0 && this.#client.isOpen) this.#client.destroy();
    return Promise.resolve();
  }
}

/**
 * Remembers used DPoP proofs in Redis.
 *
 * @throws {PatronusConfigurationError} where an option is wrong
 * @example
 * PatronusModule.forRoot({
 *   identityProvider,
 *   dpop: { replays: redisDPoPReplays({ url: 'redis://redis:6379' }) },
 * })
 */
export function redisDPoPReplays(options: RedisDPoPReplaysOptions): RedisDPoPReplays {
  return new RedisDPoPReplays(options);
}

/** Fails at once while there is no connection, and gives a silent one up after some pings. */
function connectionTo(options: ConnectionOptions) {
  const own = privateOptions(options);
  const client = createClient({
    ...own,
    commandsQueueMaxLength: MAX_WAITING,
    pingInterval: PATIENCE,
    socket: {
      ...own.socket,
      socketTimeout: 5 * PATIENCE,
      reconnectStrategy: (retries: number) => Math.min(50 * (retries + 1), PATIENCE),
    },
  });
  // Each use of a proof hears of it too.
  client.on('error', () => {});
  client.unref();
  return client;
}
