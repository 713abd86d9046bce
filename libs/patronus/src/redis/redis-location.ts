import { remedyFor } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { RedisClientLike } from './redis-client.js';
import { type RedisSource, sourceOf } from './redis-source.js';

/** Address of a Redis, with the prefix of its keys. */
export interface RedisLocation {
  /** URL of Redis, `redis://` or `rediss://`. Give either this or `client`. */
  readonly url?: string | undefined;
  /**
   * Client of the application, for its addresses and its credentials: a single client or a cluster,
   * of `@redis/client`, `redis` or `ioredis`. Connections of our own are opened in addition, and it
   * need not be connected. A cluster needs Redis 7 for revocations.
   */
  readonly client?: RedisClientLike | undefined;
  /** Prefix of each key and channel. Default: `patronus`. */
  readonly prefix?: string | undefined;
}

/** Names of its members, to check the members of an option. */
export const LOCATION_MEMBERS = ['url', 'client', 'prefix'] as const;

const PREFIX = /^[!-~]{1,255}$/;

/**
 * Reads the location of an option.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option beneath `path`,
 * and the remedy
 */
export function readLocation(
  path: string,
  { url, client, prefix = 'patronus' }: RedisLocation,
): { readonly source: RedisSource; readonly prefix: string } {
  const mistake = (option: string, problem: string, remedy: string): PatronusConfigurationError =>
    new PatronusConfigurationError(`${path}.${option}`, problem, remedy);
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw mistake('prefix', 'is not a prefix.', 'Give a text without blanks, or leave it out.');
  }
  if ((url === undefined) === (client === undefined)) {
    const remedy = "Give url: 'redis://…'.";
    throw mistake(
      'url',
      'or client must be given, and not both.',
      remedyFor(url ?? client, remedy),
    );
  }
  if (url !== undefined) {
    const isAddress = typeof url === 'string' && /^rediss?:\/\/./.test(url) && URL.canParse(url);
    if (!isAddress)
      throw mistake('url', 'is not the address of a Redis.', "Give 'redis://host:6379'.");
  }
  const source = typeof client === 'string' ? undefined : sourceOf(url ?? client);
  if (source !== undefined) return { source, prefix };
  throw mistake(
    'client',
    'is not a supported client of Redis.',
    'Give what createClient(…) or createCluster(…) returns, or a Redis or Cluster of ioredis.',
  );
}
