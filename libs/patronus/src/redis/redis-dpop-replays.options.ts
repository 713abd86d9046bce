import { checkMembers } from '../errors/check-option.js';
import type { ConnectionOptions } from './redis-connection.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';

/** How used proofs are shared through Redis. */
export type RedisDPoPReplaysOptions = RedisLocation;

/** The options, checked and completed. */
export interface RedisDPoPReplaysSettings {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
}

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readReplaysOptions(options: RedisDPoPReplaysOptions): RedisDPoPReplaysSettings {
  checkMembers('dpop.replays', options, LOCATION_MEMBERS);
  const { connection, prefix } = readLocation('dpop.replays', options);
  return { connection, prefix: `${prefix}:dpop:` };
}
