/**
 * How fresh a provider's signing keys are. All durations are in seconds.
 *
 * In use, a removed key stops verifying within {@link KEYS_MAX_AGE} of its removal, while the issuer
 * can be reached. While it cannot, the known keys keep verifying until {@link KEYS_GRACE} has passed
 * since the last good fetch; after that the provider is unavailable.
 */

/** Keys older than this are refreshed in the background, on use. */
export const KEYS_STALE_AFTER = 240;

/** Refreshes come up to this much earlier, at random, so that many instances do not all come at once. */
export const JITTER = 30;

/** Keys older than this are not used before a refresh was tried. */
export const KEYS_MAX_AGE = 300;

/** For how long after the last good fetch known keys verify, while the issuer cannot be reached. */
export const KEYS_GRACE = 3600;

/** While a fetch failed this recently, requests use the keys in their grace and do not wait. */
export const FAILURE_IS_RECENT = 60;

/** At most {@link FETCHES_PER_WINDOW} fetches start in any span of this length, whatever the reason. */
export const FETCH_WINDOW = 10;

/** See {@link FETCH_WINDOW}. */
export const FETCHES_PER_WINDOW = 2;

/** For how long a discovery document is believed; a failed fetch of keys forgets it at once. */
export const DISCOVERY_MAX_AGE = 3600;

/** What a caller is told to wait when the issuer cannot be reached. */
export const RETRY_AFTER = 5;
