const HOUR = 60 * 60;

/** How long the links in mails work, in seconds. */
export const VERIFICATION_TTL = 24 * HOUR;
export const RESET_TTL = HOUR;
