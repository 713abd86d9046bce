/** The clients, the resource server and the password that every contender knows. */
export const SECRET = 'a-secret-of-the-benchmark-and-of-nothing-else';
export const WEB = 'web';
export const MACHINE = 'machine';
export const RESOURCE = 'https://api.example.com';
export const SCOPE = 'openid email offline_access';
export const PASSWORD = 'the owl counts nine slow trains';

export function basic(clientId) {
  return `Basic ${Buffer.from(`${clientId}:${SECRET}`).toString('base64')}`;
}

/** Client metadata (RFC 7591), as the platform and oidc-provider read it. */
export const CLIENTS = [
  {
    client_id: WEB,
    client_secret: SECRET,
    redirect_uris: ['https://app.example.com/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: SCOPE,
    id_token_signed_response_alg: 'ES256',
  },
  {
    client_id: MACHINE,
    client_secret: SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: 'read',
  },
];
