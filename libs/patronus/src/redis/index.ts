export { RedisDPoPReplays, redisDPoPReplays } from './redis.dpop-replays.js';
export type { RedisDPoPReplaysOptions } from './redis-dpop-replays.options.js';
export { RedisRevocations, redisRevocations } from './redis.revocations.js';
export type { RedisRevocationsOptions } from './redis-revocations.options.js';
export type { RedisClientLike } from './redis-client.js';
export { redisStore, type RedisStoreOptions } from './redis-store.js';
