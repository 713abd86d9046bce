import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { readRevocationOptions, type RevocationOptions } from '../revocation/revocation.options.js';
import type { ConnectionOptions, RedisClientLike } from './redis-connection.js';

/** How revocations are shared through Redis. */
export interface RedisRevocationsOptions extends RevocationOptions {
  /** `redis://` or `rediss://`. Either this or `client`. */
  readonly url?: string | undefined;
  /**
   * A client of `@redis/client` or `redis`, for its address and its credentials: connections of our
   * own are opened beside it, and it need not be connected.
   */
  readonly client?: RedisClientLike | undefined;
  /** Stands before the key and the channel. Default `patronus`. */
  readonly prefix?: string | undefined;
  /**
   * What happens while it cannot be known what was revoked, which is so from a second after Redis was
   * last heard. `deny` (default): every request that carries a credential is answered with 503.
   * `allow`: what is known is refused, and nothing else.
   */
  readonly whenUnreachable?: 'deny' | 'allow' | undefined;
}

/** The options, checked and completed. */
export interface RedisRevocationsSettings {
  readonly keepFor: number;
  readonly max: number;
  /** The name of the sorted set, and of the channel. */
  readonly key: string;
  readonly denies: boolean;
  readonly connection: ConnectionOptions;
}

const PREFIX = /^[!-~]{1,255}$/;

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readOptions(options: RedisRevocationsOptions): RedisRevocationsSettings {
  const others = ['url', 'client', 'prefix', 'whenUnreachable'];
  const { keepFor, max } = readRevocationOptions(options, others);
  const { prefix = 'patronus', whenUnreachable = 'deny' } = options;
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw mistake('prefix', 'is not a prefix.', 'Give a text without blanks, or leave it out.');
  }
  if (whenUnreachable !== 'deny' && whenUnreachable !== 'allow') {
    throw mistake('whenUnreachable', 'is neither.', "Say 'deny' or 'allow', or leave it out.");
  }
  return {
    keepFor,
    max,
    key: `${prefix}:revocations`,
    denies: whenUnreachable === 'deny',
    connection: connectionOf(options),
  };
}

function connectionOf({ url, client }: RedisRevocationsOptions): ConnectionOptions {
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
  return new PatronusConfigurationError(`revocations.${option}`, problem, remedy);
}
