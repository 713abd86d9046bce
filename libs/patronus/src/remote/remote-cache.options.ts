import type { Keyv } from 'keyv';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** Settings of the cache for the answers of a remote server. */
export interface RemoteCacheOptions {
  /**
   * Seconds for which a valid token is accepted without calling the server again, at most until the
   * token expires. Default: 60. A token that the server revokes is accepted for at most this time.
   */
  readonly ttl?: number | undefined;
  /**
   * Seconds for which a refused token is refused without calling the server again. 0 disables it.
   * Default: 10.
   */
  readonly negativeTtl?: number | undefined;
  /** Maximum number of refused tokens that are cached in this process. Default: 10,000. */
  readonly max?: number | undefined;
  /**
   * Keyv stores that processes share positive answers in, such as Redis, tried in this order. By
   * default none. Entries are keyed by digests and hold no token. A party with write access can
   * impersonate any caller, so protect the store as well as the server itself.
   */
  readonly stores?: readonly Keyv[] | undefined;
}

/** {@link RemoteCacheOptions} with their defaults. */
export interface RemoteCachePolicy {
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  readonly max: number;
  readonly stores: readonly Keyv[];
}

/**
 * Checks the options, and fills in their defaults.
 *
 * @throws {PatronusConfigurationError} if an option is not valid
 */
export function readCacheOptions(
  path: string,
  options: RemoteCacheOptions = {},
): RemoteCachePolicy {
  checkMembers(path, options, ['ttl', 'negativeTtl', 'max', 'stores']);
  const { ttl = 60, negativeTtl = 10, max = 10_000, stores = [] } = options;
  checkPositiveInteger(`${path}.ttl`, ttl);
  if (negativeTtl !== 0) checkPositiveInteger(`${path}.negativeTtl`, negativeTtl);
  checkPositiveInteger(`${path}.max`, max);
  if (!Array.isArray(stores) || !stores.every(isStore)) {
    throw new PatronusConfigurationError(
      `${path}.stores`,
      'is not a list of Keyv stores.',
      "Give [new Keyv({ store: new KeyvRedis('redis://…') })].",
    );
  }
  return { ttlMs: ttl * 1000, negativeTtlMs: negativeTtl * 1000, max, stores };
}

function isStore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('get' in value && 'set' in value))
    return false;
  return typeof value.get === 'function' && typeof value.set === 'function';
}
