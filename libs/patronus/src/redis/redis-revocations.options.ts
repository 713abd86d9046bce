import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { readRevocationOptions, type RevocationOptions } from '../revocation/revocation.options.js';
import { LOCATION_MEMBERS, readLocation, type RedisLocation } from './redis-location.js';
import type { RedisSource } from './redis-source.js';

/** How revocations are shared through Redis. */
export interface RedisRevocationsOptions extends RevocationOptions, RedisLocation {
  /**
   * What happens while it cannot be known what was revoked, which is so from a second after Redis was
   * last heard. `deny` (default): every request that carries a credential is answered with 503.
   * `allow`: what is known is refused, and nothing else.
   */
  readonly whenUnreachable?: 'deny' | 'allow' | undefined;
}

/** The options, checked and completed. */
export interface RedisRevocationsSettings {
  readonly keepFor: number;
  readonly max: number;
  /** The name of the sorted set, and of the channel. */
  readonly key: string;
  readonly denies: boolean;
  readonly source: RedisSource;
}

/** @throws {PatronusConfigurationError} that names the option and the remedy */
export function readOptions(options: RedisRevocationsOptions): RedisRevocationsSettings {
  const others = [...LOCATION_MEMBERS, 'whenUnreachable'];
  const { keepFor, max } = readRevocationOptions(options, others);
  const { source, prefix } = readLocation('revocations', options);
  const { whenUnreachable = 'deny' } = options;
  if (whenUnreachable !== 'deny' && whenUnreachable !== 'allow') {
    throw new PatronusConfigurationError(
      'revocations.whenUnreachable',
      'is neither.',
      "Say 'deny' or 'allow', or leave it out.",
    );
  }
  return {
    keepFor,
    max,
    key: `${prefix}:revocations`,
    denies: whenUnreachable === 'deny',
    source,
  };
}
