import { Keyv } from 'keyv';
import { checkMembers } from '../errors/check-option.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';

/** Options of the store of shared answers. */
export type RedisStoreOptions = RedisLocation;

/**
 * A store in Redis for `permissions.cache.stores` and for the caches of identity providers. While
 * Redis cannot be reached, it fails at once, and is bypassed. `clear()` does nothing: entries
 * expire.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 * @example
 * PatronusModule.forRoot({
 *   identityProvider,
 *   permissions: { source, cache: { stores: [redisStore({ client: redis })] } },
 * })
 */
export function redisStore(options: RedisStoreOptions): Keyv {
  checkMembers('redisStore', options, LOCATION_MEMBERS);
  const { source, prefix } = readLocation('redisStore', options);
  const commands = source.commands();
  let started: Promise<void> | undefined;
  const send = async (key: string, name: string, ...args: readonly string[]): Promise<unknown> => {
    await (started ??= commands.start());
    const full = `${prefix}:${key}`;
    return commands.send(full, name, full, ...args);
  };
  const store = {
    opts: {},
    on: (): unknown => store,
    // Keyv parses the text, and ignores a value that cannot be parsed.
    get: async (key: string) => (await send(key, 'GET')) ?? undefined,
    set: (key: string, value: unknown, ttl?: number) =>
      send(key, 'SET', String(value), ...(ttl === undefined ? [] : ['PX', String(Math.ceil(ttl))])),
    delete: async (key: string) => (await send(key, 'DEL')) === 1,
    clear: () => Promise.resolve(),
    disconnect: async () => {
      if (started !== undefined) commands.stop();
      started = undefined;
    },
  };
  const keyv = new Keyv({ store, useKeyPrefix: false, throwOnErrors: true });
  // The caller gets the error as well.
  return keyv.on('error', () => {});
}
