/** The platform itself, as the client of its own API: what its tokens carry as `client_id`. */
export const PLATFORM_CLIENT_ID = 'patronus';
