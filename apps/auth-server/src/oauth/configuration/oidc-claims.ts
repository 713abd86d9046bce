import type { Configuration } from 'oidc-provider';

/** Which claims each scope opens (OpenID Connect Core, section 5.4). */
export const OIDC_CLAIMS = {
  openid: ['sub'],
  profile: ['name', 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  acr: null,
  auth_time: null,
  iss: null,
  sid: null,
} as const satisfies Configuration['claims'];

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'see your name and username',
  email: 'see your e-mail address',
  offline_access: 'stay signed in while you are away',
};

/** What a person is told that a scope allows. */
export function describeScope(scope: string): string {
  return DESCRIPTIONS[scope] ?? 'use this on your behalf:';
}
