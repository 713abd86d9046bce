import KeyvRedis, { createClient } from '@keyv/redis';
import type { CacheModuleOptions } from '@nestjs/cache-manager';
import { Keyv } from 'keyv';
import type { ServerSettings } from '../../settings/server-settings.js';
import { BoundedStore } from './bounded-store.js';

/** Clients and resource servers that one process remembers at most. */
const MAX_ENTRIES = 10_000;

/** What fails is told to the caller, and to nobody else. */
const TOLD = { throwOnErrors: true, emitErrors: false };

/** Redis where there is one, else the memory of this process. */
export function lookupCacheOptions({ redisUrl }: ServerSettings): CacheModuleOptions {
  if (redisUrl === undefined) {
    return { stores: [new Keyv({ store: new BoundedStore({ max: MAX_ENTRIES }), ...TOLD })] };
  }
  // A command that cannot be sent fails at once, and is not kept for later.
  const client = createClient({ url: redisUrl, disableOfflineQueue: true });
  const store = new KeyvRedis(client, { throwOnErrors: true });
  return { stores: [new Keyv({ store, ...TOLD, namespace: '', useKeyPrefix: false })] };
}
