import { PatronusConfigurationError } from '../errors/configuration.error.js';
import type { ConnectionOptions, RedisClientLike } from './redis-connection.js';

/** Where the Redis of an option is, and what its keys begin with. */
export interface RedisLocation {
  /** `redis://` or `rediss://`. Either this or `client`. */
  readonly url?: string | undefined;
  /**
   * A client of `@redis/client` or `redis`, for its address and its credentials: connections of our
   * own are opened beside it, and it need not be connected.
   */
  readonly client?: RedisClientLike | undefined;
  /** Stands before each key and channel. Default `patronus`. */
  readonly prefix?: string | undefined;
}

/** The names of its members, for checking what an option may have. */
export const LOCATION_MEMBERS = ['url', 'client', 'prefix'] as const;

const PREFIX = /^[!-~]{1,255}$/;

/** @throws {PatronusConfigurationError} that names the option beneath `path`, and the remedy */
export function readLocation(
  path: string,
  { url, client, prefix = 'patronus' }: RedisLocation,
): { readonly connection: ConnectionOptions; readonly prefix: string } {
  const mistake = (option: string, problem: string, remedy: string): PatronusConfigurationError =>
    new PatronusConfigurationError(`${path}.${option}`, problem, remedy);
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw mistake('prefix', 'is not a prefix.', 'Give a text without blanks, or leave it out.');
  }
  if ((url === undefined) === (client === undefined)) {
    throw mistake('url', 'or client must be given, and not both.', "Give url: 'redis://…'.");
  }
  if (client !== undefined) {
    if (typeof client === 'object' && 'options' in client) {
      return { connection: client.options ?? {}, prefix };
    }
    throw mistake('client', 'is not a single client.', 'Give what createClient({ … }) returns.');
  }
  if (typeof url === 'string' && /^rediss?:\/\/./.test(url) && URL.canParse(url)) {
    return { connection: { url }, prefix };
  }
  throw mistake('url', 'is not the address of a Redis.', "Give 'redis://host:6379'.");
}
