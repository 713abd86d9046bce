/**
 * Limits for the age of a provider's signing keys. All durations are in seconds.
 *
 * In use, a removed key stops verifying within {@link KEYS_MAX_AGE} of its removal, while the
 * issuer can be reached. While it cannot, the cached keys keep verifying until {@link KEYS_GRACE}
 * has passed since the last successful fetch. After that the provider is unavailable.
 */

/** Age from which keys are refreshed in the background, on use. */
export const KEYS_STALE_AFTER = 240;

/**
 * Maximum random time by which a refresh starts earlier, so that many instances do not refresh at
 * the same moment.
 */
export const JITTER = 30;

/** Age from which keys are not used before a refresh was tried. */
export const KEYS_MAX_AGE = 300;

/**
 * Time since the last successful fetch for which cached keys verify, while the issuer cannot be
 * reached.
 */
export const KEYS_GRACE = 3600;

/** Time after a failed fetch in which requests use the keys in their grace and do not wait. */
export const FAILURE_IS_RECENT = 60;

/**
 * Length of the window in which at most {@link FETCHES_PER_WINDOW} fetches start, for any reason.
 */
export const FETCH_WINDOW = 10;

/** See {@link FETCH_WINDOW}. */
export const FETCHES_PER_WINDOW = 2;

/** Time for which a discovery document is cached. A failed fetch of keys drops it at once. */
export const DISCOVERY_MAX_AGE = 3600;

/** Value of `Retry-After` while the issuer cannot be reached. */
export const RETRY_AFTER = 5;
