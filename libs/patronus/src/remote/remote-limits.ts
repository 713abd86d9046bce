/** Limits for the time and the size of an answer of another server. Durations are in seconds. */

/** Timeout of a connection, TLS included. */
export const CONNECT_TIMEOUT = 2;

/** Timeout of the complete answer. */
export const TOTAL_TIMEOUT = 5;

/** Maximum size of a body, in bytes, after decompression. */
export const MAX_BYTES = 512 * 1024;

/** Maximum size of an answer about one token, in bytes: ten thousand of them are cached. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** Maximum number of tokens in flight to one server. */
export const MAX_IN_FLIGHT = 64;

/**
 * Maximum number of requests that wait for their turn, and their timeout. Further ones are answered
 * with 503.
 */
export const MAX_WAITING = 1000;
export const MAX_WAIT = 2;

/** Number of the oldest calls that are never cut off, regardless of the number of waiting tokens. */
export const PATIENT_TURNS = 32;

/** Minimum time for every other call while tokens wait, in seconds. */
export const GIVE_WAY_AFTER = 0.5;

/** Value of `Retry-After` while the server cannot be reached. */
export const RETRY_AFTER = 5;
