import { checkMembers } from '../errors/check-option.js';

/** Claims for {@link TestIssuer.token}. */
export type TestClaims = Readonly<Record<string, unknown>>;

/** Builds claims of Google Cloud Identity Platform, as its ID tokens contain them. */
export function gcipClaims(options: {
  readonly projectId: string;
  readonly tenant?: string;
  readonly signInProvider?: string;
  readonly claims?: TestClaims;
}): TestClaims {
  checkMembers('gcipClaims', options, ['projectId', 'tenant', 'signInProvider', 'claims']);
  const { projectId, tenant, signInProvider = 'password', claims } = options;
  const sub = 'wGMeTr1FQvVsWnHgYNTzfzTIRVE2';
  return {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub,
    user_id: sub,
    auth_time: Math.floor(Date.now() / 1000) - 60,
    email: 'ana@novah.example',
    email_verified: true,
    name: 'Ana Souza',
    firebase: {
      identities: { email: ['ana@novah.example'] },
      sign_in_provider: signInProvider,
      ...(tenant !== undefined && { tenant }),
    },
    ...claims,
  };
}

/** Builds claims of Auth0, as the access tokens of an API with RBAC contain them. */
export function auth0Claims(options: {
  readonly domain: string;
  readonly audience: string;
  readonly organization?: string;
  readonly permissions?: readonly string[];
  readonly claims?: TestClaims;
}): TestClaims {
  checkMembers('auth0Claims', options, [
    'domain',
    'audience',
    'organization',
    'permissions',
    'claims',
  ]);
  const { domain, audience, organization, permissions = [], claims } = options;
  return {
    iss: `https://${domain}/`,
    sub: 'auth0|65f1c0ffee0123456789abcd',
    aud: [audience, `https://${domain}/userinfo`],
    azp: 'kF3nS0meClientId9xYzAbCdEfGh12',
    scope: 'openid profile email',
    permissions,
    ...(organization !== undefined && { org_id: organization }),
    ...claims,
  };
}

/** Builds claims of a Keycloak realm, as its access tokens contain them. */
export function keycloakClaims(options: {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience?: string | readonly string[];
  readonly realmRoles?: readonly string[];
  readonly clientRoles?: readonly string[];
  readonly organization?: string;
  /** Thumbprint (RFC 7638) of the key that the token is bound to by DPoP (RFC 9449). */
  readonly boundTo?: string;
  readonly claims?: TestClaims;
}): TestClaims {
  checkMembers('keycloakClaims', options, [
    'issuer',
    'clientId',
    'audience',
    'realmRoles',
    'clientRoles',
    'organization',
    'boundTo',
    'claims',
  ]);
  const { issuer, clientId, realmRoles = [], clientRoles = [], organization, boundTo } = options;
  return {
    iss: issuer,
    sub: '5c6a9c1e-6f0e-4f0a-9a53-0d6a2f7d3b11',
    aud: options.audience ?? 'account',
    azp: clientId,
    typ: boundTo === undefined ? 'Bearer' : 'DPoP',
    ...(boundTo !== undefined && { cnf: { jkt: boundTo } }),
    sid: '0f6b1d7a-55a1-4b0e-8c5f-9f6e2f1d8a3c',
    acr: '1',
    scope: 'openid email profile',
    realm_access: { roles: realmRoles },
    resource_access: {
      [clientId]: { roles: clientRoles },
      account: { roles: ['manage-account', 'view-profile'] },
    },
    ...(organization !== undefined && { organization: [organization] }),
    email: 'ana@novah.example',
    email_verified: true,
    name: 'Ana Souza',
    preferred_username: 'ana',
    ...options.claims,
  };
}
