import { checkMembers } from '../errors/check-option.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';
import type { RedisSource } from './redis-source.js';

/** How used proofs are shared through Redis. */
export type RedisDPoPReplaysOptions = RedisLocation;

/** The options, checked and completed. */
export interface RedisDPoPReplaysSettings {
  readonly source: RedisSource;
  readonly prefix: string;
}

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readReplaysOptions(options: RedisDPoPReplaysOptions): RedisDPoPReplaysSettings {
  checkMembers('dpop.replays', options, LOCATION_MEMBERS);
  const { source, prefix } = readLocation('dpop.replays', options);
  return { source, prefix: `${prefix}:dpop:` };
}
