import {
  readDenies,
  readRevocationOptions,
  type RevocationOptions,
} from '../revocation/revocation.options.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';
import type { RedisSource } from './redis-source.js';

/** Options of revocations that are shared through Redis. */
export interface RedisRevocationsOptions extends RevocationOptions, RedisLocation {
  /**
   * Behaviour while revocations may have been missed, which is the case from a second after the
   * last answer of Redis. `deny` (default): every request with a credential is answered with 503.
   * `allow`: only credentials that are known to be revoked are refused.
   */
  readonly whenUnreachable?: 'deny' | 'allow' | undefined;
}

/** Options, checked, with their defaults filled in. */
export interface RedisRevocationsSettings {
  readonly keepFor: number;
  readonly max: number;
  /** Name of the sorted set, and of the channel. */
  readonly key: string;
  readonly denies: boolean;
  readonly source: RedisSource;
}

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid; names the option and the remedy
 */
export function readOptions(options: RedisRevocationsOptions): RedisRevocationsSettings {
  const others = [...LOCATION_MEMBERS, 'whenUnreachable'];
  const { keepFor, max } = readRevocationOptions(options, others);
  const { source, prefix } = readLocation('revocations', options);
  return {
    keepFor,
    max,
    key: `${prefix}:revocations`,
    denies: readDenies(options.whenUnreachable),
    source,
  };
}
