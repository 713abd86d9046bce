import type { OAuthEndpoint } from './openapi-operation.js';

const CLIENT = [{ client: [] }];
const REFUSED = 'The request is refused: `error` says why (RFC 6749, section 5.2).';
const UNKNOWN_CLIENT = 'The client is not known, or did not prove who it is.';
const LIMITED = 'Too many requests: `Retry-After` says when to come again.';

const AUTHORIZATION = {
  client_id: 'Who asks.',
  redirect_uri: 'One that is registered, to the letter.',
  response_type: '`code`',
  scope: 'What is asked for; `openid` for an ID token.',
  state: 'Comes back as it is.',
  nonce: 'Stands in the ID token.',
  code_challenge: 'The SHA-256 of the verifier in base64url (RFC 7636).',
  code_challenge_method: '`S256`',
  prompt: '`none`, `login` or `consent`.',
  max_age: 'Seconds since the person last signed in, at most.',
  login_hint: 'The e-mail address to begin with.',
  resource: 'The resource server that the token is for (RFC 8707).',
  request_uri: 'What `/oauth/par` answered: nothing else is needed then.',
};

/** All that oidc-provider answers. */
export const OAUTH_ENDPOINTS: readonly OAuthEndpoint[] = [
  {
    method: 'get',
    path: '/.well-known/openid-configuration',
    summary: 'Where everything is, and what is supported',
    specification:
      'OpenID Connect Discovery 1.0. Also at `/.well-known/openid_configuration` and `/.well-known/oauth-authorization-server` (RFC 8414).',
    answers: { 200: 'The metadata.' },
  },
  {
    method: 'get',
    path: '/oauth/jwks',
    summary: 'The public keys that tokens are verified with',
    specification: 'RFC 7517. Keys are published before they sign.',
    answers: { 200: 'A JWK set.' },
  },
  {
    method: 'get',
    path: '/oauth/authorize',
    summary: 'Begins a sign-in; its pages follow',
    specification: 'RFC 6749, section 4.1, with PKCE (RFC 7636) and `iss` (RFC 9207).',
    parameters: AUTHORIZATION,
    required: ['client_id'],
    answers: {
      303: 'To the pages, or back to the client with `code`, or with `error`.',
      400: 'The client or its redirect URI is not known: an error page.',
      429: LIMITED,
    },
  },
  {
    method: 'post',
    path: '/oauth/par',
    summary: 'Takes the parameters of a sign-in beforehand',
    specification: 'Pushed authorization requests: RFC 9126.',
    by: 'form',
    parameters: AUTHORIZATION,
    required: ['client_id'],
    security: CLIENT,
    answers: { 201: '`request_uri`, good once.', 400: REFUSED, 401: UNKNOWN_CLIENT, 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/token',
    summary: 'Gives tokens for a code, a refresh token, a device code, or a client itself',
    specification: 'RFC 6749, RFC 8628; with a `DPoP` header, bound to a key (RFC 9449).',
    by: 'form',
    parameters: {
      grant_type:
        '`authorization_code`, `refresh_token`, `client_credentials`, `urn:ietf:params:oauth:grant-type:device_code`, or `password` for clients that are marked for it.',
      code: 'Of the redirect; good once.',
      redirect_uri: 'As in the authorization request.',
      code_verifier: 'What the challenge was made of.',
      refresh_token: 'Good once: the answer holds the next one.',
      device_code: 'Of `/oauth/device_authorization`.',
      username: 'For `password`.',
      password: 'For `password`.',
      scope: 'What is asked for.',
      resource: 'The resource server that the token is for (RFC 8707).',
    },
    required: ['grant_type'],
    security: CLIENT,
    answers: { 200: 'The tokens.', 400: REFUSED, 401: UNKNOWN_CLIENT, 429: LIMITED },
  },
  {
    method: 'get',
    path: '/oauth/userinfo',
    summary: 'What the token may know of its person',
    specification: 'OpenID Connect Core 1.0, section 5.3.',
    security: [{ bearer: [] }],
    answers: { 200: 'The claims.', 401: 'The token is not valid.', 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/introspect',
    summary: 'Whether a token is valid, and whose it is',
    specification: 'RFC 7662. Understands JWTs and opaque tokens.',
    by: 'form',
    parameters: { token: 'The token.', token_type_hint: '`access_token` or `refresh_token`.' },
    required: ['token'],
    security: CLIENT,
    answers: {
      200: '`active`, and more where it is.',
      400: REFUSED,
      401: UNKNOWN_CLIENT,
      429: LIMITED,
    },
  },
  {
    method: 'post',
    path: '/oauth/revoke',
    summary: 'Ends a token',
    specification: 'RFC 7009. A token that is not known is no error.',
    by: 'form',
    parameters: { token: 'The token.', token_type_hint: '`access_token` or `refresh_token`.' },
    required: ['token'],
    security: CLIENT,
    answers: { 200: 'It has ended.', 400: REFUSED, 401: UNKNOWN_CLIENT, 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/device_authorization',
    summary: 'Begins a sign-in on a device without a keyboard',
    specification: 'RFC 8628, section 3.1. The person goes to `/oauth/device`.',
    by: 'form',
    parameters: { client_id: 'Who asks.', scope: 'What is asked for.' },
    required: ['client_id'],
    security: CLIENT,
    answers: {
      200: 'A device code, and a user code to type.',
      400: REFUSED,
      401: UNKNOWN_CLIENT,
      429: LIMITED,
    },
  },
  {
    method: 'get',
    path: '/oauth/device',
    summary: 'The page where a person types the user code',
    specification: 'RFC 8628, section 3.3.',
    parameters: { user_code: 'Fills the form.' },
    answers: { 200: 'The page.', 429: LIMITED },
  },
  {
    method: 'get',
    path: '/oauth/logout',
    summary: 'Signs a person out, after asking them',
    specification:
      'OpenID Connect RP-Initiated Logout 1.0; clients hear of it by Back-Channel Logout 1.0.',
    parameters: {
      id_token_hint: 'The ID token of the session.',
      client_id: 'Who asks.',
      post_logout_redirect_uri: 'One that is registered.',
      state: 'Comes back as it is.',
    },
    answers: { 200: 'The page that asks.', 400: 'The request is refused: an error page.' },
  },
  {
    method: 'post',
    path: '/oauth/register',
    summary: 'Registers a client',
    specification: 'RFC 7591. `CLIENT_REGISTRATION` says who may.',
    by: 'json',
    parameters: {
      redirect_uris: 'Where codes may be sent.',
      client_name: 'What people read.',
      grant_types: 'What it may ask for.',
      token_endpoint_auth_method: 'How it proves who it is.',
    },
    security: [{ initialAccessToken: [] }],
    answers: {
      201: 'The client, its secret, and the token that manages it.',
      400: '`invalid_client_metadata` or `invalid_redirect_uri`.',
      401: 'The initial access token is not valid.',
      429: LIMITED,
    },
  },
  ...(
    [
      ['get', 'Reads a client', 200],
      ['put', 'Replaces what is known of a client', 200],
      ['delete', 'Removes a client', 204],
    ] as const
  ).map(([method, summary, status]): OAuthEndpoint => ({
    method,
    path: '/oauth/register/{clientId}',
    summary,
    specification: 'RFC 7592.',
    by: 'path',
    parameters: { clientId: 'The client that the token manages.' },
    security: [{ registrationAccessToken: [] }],
    answers: {
      [status]: 'Done.',
      401: 'The registration access token is not valid.',
      429: LIMITED,
    },
  })),
];
