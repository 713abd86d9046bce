/** How long and how large an answer of another server may be. Durations are in seconds. */

/** Until the connection stands, TLS included. */
export const CONNECT_TIMEOUT = 2;

/** Until the whole answer has arrived. */
export const TOTAL_TIMEOUT = 5;

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BYTES = 512 * 1024;

/** The largest answer about one token, in bytes: ten thousand of them are kept. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** How many tokens one server is asked about at once. */
export const MAX_IN_FLIGHT = 64;

/** How many more wait for their turn, and for how long. Beyond that nobody can say. */
export const MAX_WAITING = 1000;
export const MAX_WAIT = 2;

/** How many of the oldest questions run to their end, however many others wait. */
export const PATIENT_TURNS = 32;

/** How long any other question may take while others wait, at least. */
export const GIVE_WAY_AFTER = 0.5;

/** What a caller is told to wait when the server cannot be asked. */
export const RETRY_AFTER = 5;
