/** How long and how large an answer of another server may be. Durations are in seconds. */

/** Until the connection stands, TLS included. */
export const CONNECT_TIMEOUT = 2;

/** Until the whole answer has arrived. */
export const TOTAL_TIMEOUT = 5;

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BYTES = 512 * 1024;
