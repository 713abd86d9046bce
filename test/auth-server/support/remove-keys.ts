import { createClient } from '@redis/client';
import { redisUrl } from '../../environment/services.js';

/** Removes all keys with a prefix from Redis. */
export async function removeKeys(prefix: string): Promise<void> {
  const client = await createClient({ url: redisUrl() ?? '' }).connect();
  const keys = await client.keys(`${prefix}:*`);
  if (keys.length > 0) await client.del(keys);
  client.destroy();
}
