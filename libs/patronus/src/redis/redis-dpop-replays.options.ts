import { checkMembers } from '../errors/check-option.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';
import type { RedisSource } from './redis-source.js';

/** Options of the store of used proofs in Redis. */
export type RedisDPoPReplaysOptions = RedisLocation;

/** Options, checked, with their defaults filled in. */
export interface RedisDPoPReplaysSettings {
  readonly source: RedisSource;
  readonly prefix: string;
}

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
export function readReplaysOptions(options: RedisDPoPReplaysOptions): RedisDPoPReplaysSettings {
  checkMembers('dpop.replays', options, LOCATION_MEMBERS);
  const { source, prefix } = readLocation('dpop.replays', options);
  return { source, prefix: `${prefix}:dpop:` };
}
