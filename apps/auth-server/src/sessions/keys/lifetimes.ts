/** No access token lives longer, in seconds: what a resource server may ask for at most. */
export const LONGEST_ACCESS_TOKEN = 24 * 60 * 60;

/** How far the clocks of those who sign and those who verify may differ, in seconds. */
export const CLOCK_LEEWAY = 300;

/** The platform itself, as the client of its own API: what its tokens carry as `client_id`. */
export const PLATFORM_CLIENT_ID = 'patronus';
