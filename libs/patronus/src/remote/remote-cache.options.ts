import type { Keyv } from 'keyv';
import { checkMembers, checkPositiveInteger } from '../errors/check-option.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';

/** How the answers of a remote server are kept. */
export interface RemoteCacheOptions {
  /**
   * How long a good token is believed without asking again, in seconds; 60 unless told, and never past
   * the token's own end. A token that the server revokes is believed for that long at most.
   */
  readonly ttl?: number | undefined;
  /** How long a refused token stays refused without asking again, in seconds; 10 unless told, 0 for not at all. */
  readonly negativeTtl?: number | undefined;
  /** How many refused tokens are remembered in this process; 10,000 unless told. */
  readonly max?: number | undefined;
  /**
   * Where processes share good answers: Keyv stores, such as Redis, tried in this order. Nowhere unless
   * told. Answers are filed under digests and name no token; but who can write there can say who
   * anybody is, so keep it as safe as the server that is asked.
   */
  readonly stores?: readonly Keyv[] | undefined;
}

/** {@link RemoteCacheOptions}, complete. */
export interface RemoteCachePolicy {
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  readonly max: number;
  readonly stores: readonly Keyv[];
}

/** @throws {PatronusConfigurationError} where an option is wrong */
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
