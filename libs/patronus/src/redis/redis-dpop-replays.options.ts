import { checkMembers } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { ConnectionOptions, RedisClientLike } from './redis-connection.js';

/** How used proofs are shared through Redis. */
export interface RedisDPoPReplaysOptions {
  /** `redis://` or `rediss://`. Either this or `client`. */
  readonly url?: string | undefined;
  /**
   * A client of `@redis/client` or `redis`, for its address and its credentials: a connection of our
   * own is opened beside it, and it need not be connected.
   */
  readonly client?: RedisClientLike | undefined;
  /** Stands before each key. Default `patronus`. */
  readonly prefix?: string | undefined;
}

/** The options, checked and completed. */
export interface RedisDPoPReplaysSettings {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
}

const PREFIX = /^[!-~]{1,255}$/;

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readReplaysOptions(options: RedisDPoPReplaysOptions): RedisDPoPReplaysSettings {
  checkMembers('dpop.replays', options, ['url', 'client', 'prefix']);
  const { prefix = 'patronus' } = options;
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw mistake('prefix', 'is not a prefix.', 'Give a text without blanks, or leave it out.');
  }
  return { connection: connectionOf(options), prefix: `${prefix}:dpop:` };
}

function connectionOf({ url, client }: RedisDPoPReplaysOptions): ConnectionOptions {
  if ((url === undefined) === (client === undefined)) {
    throw mistake('url', 'or client must be given, and not both.', "Give url: 'redis://…'.");
  }
  if (client !== undefined) {
    if (typeof client === 'object' && 'options' in client) return client.options ?? {};
    throw mistake('client', 'is not a single client.', 'Give what createClient({ … }) returns.');
  }
  if (typeof url === 'string' && /^rediss?:\/\/./.test(url) && URL.canParse(url)) return { url };
  throw mistake('url', 'is not the address of a Redis.', "Give 'redis://host:6379'.");
}

function mistake(option: string, problem: string, remedy: string): PatronusConfigurationError {
  return new PatronusConfigurationError(`dpop.replays.${option}`, problem, remedy);
}
