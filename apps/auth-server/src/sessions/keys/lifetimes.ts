/** The longest lifetime of an access token, in seconds. A resource server can set no longer one. */
export const LONGEST_ACCESS_TOKEN = 24 * 60 * 60;

/** The tolerance between the clocks of signers and verifiers, in seconds. */
export const CLOCK_LEEWAY = 300;

/** The `client_id` of tokens for the platform's own API. */
export const PLATFORM_CLIENT_ID = 'patronus';
