import { DPoPReplays } from '../authentication/dpop/dpop-replays.js';
import type { RedisCommands } from './redis-commands.js';
import { readReplaysOptions, type RedisDPoPReplaysOptions } from './redis-dpop-replays.options.js';

/**
 * Remembers used DPoP proofs in Redis, for all instances together. While Redis cannot be reached, no
 * proof is accepted. The Redis should not evict keys: a forgotten proof can be used again.
 */
export class RedisDPoPReplays extends DPoPReplays {
  readonly #commands: RedisCommands;
  readonly #prefix: string;

  /**
   * Checks the options.
   *
   * @throws {PatronusConfigurationError} if an option is not valid
   */
  constructor(options: RedisDPoPReplaysOptions) {
    super();
    const { source, prefix } = readReplaysOptions(options);
    this.#commands = source.commands();
    this.#prefix = prefix;
  }

  override async firstUse(key: string, ttlSeconds: number): Promise<boolean> {
    const name = this.#prefix + key;
    const ttl = String(Math.ceil(ttlSeconds * 1000));
    return (await this.#commands.send(name, 'SET', name, '1', 'NX', 'PX', ttl)) === 'OK';
  }

  override start(): Promise<void> {
    return this.#commands.start();
  }

  override stop(): Promise<void> {
    this.#commands.stop();
    return Promise.resolve();
  }
}

/**
 * Remembers used DPoP proofs in Redis.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * PatronusModule.forRoot({
 *   identityProvider,
 *   dpop: { replays: redisDPoPReplays({ url: 'redis://redis:6379' }) },
 * })
 */
export function redisDPoPReplays(options: RedisDPoPReplaysOptions): RedisDPoPReplays {
  return new RedisDPoPReplays(options);
}
