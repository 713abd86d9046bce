/** The scopes that are the platform's own. All others are those of resource servers. */
export const OPENID_SCOPES = ['openid', 'offline_access', 'profile', 'email'] as const;
