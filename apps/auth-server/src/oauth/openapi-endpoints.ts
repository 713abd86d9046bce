import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Security = NonNullable<Operation['security']>;

/** The description of an endpoint of oidc-provider. */
interface OAuthEndpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** The specification of the endpoint. */
  readonly specification: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The location of the parameters. */
  readonly by?: 'query' | 'form' | 'json' | 'path';
  readonly required?: readonly string[];
  readonly security?: Security;
  /** The descriptions of answers by status. */
  readonly answers: Readonly<Record<number, string>>;
}

/** Describes an endpoint in OpenAPI. */
export function describeEndpoint(endpoint: OAuthEndpoint): Operation {
  const { summary, specification, answers, security } = endpoint;
  return {
    tags: ['OAuth 2.0 and OpenID Connect'],
    summary,
    description: specification,
    ...inputOf(endpoint),
    ...(security !== undefined && { security }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, description]) => [status, { description }]),
    ),
  };
}

function inputOf({
  parameters = {},
  required = [],
  by = 'query',
}: OAuthEndpoint): Partial<Operation> {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return {};
  if (by === 'query' || by === 'path') {
    return {
      parameters: entries.map(([name, description]) => ({
        name,
        in: by,
        description,
        required: by === 'path' || required.includes(name),
        schema: { type: 'string' },
      })),
    };
  }
  const properties = Object.fromEntries(
    entries.map(([name, description]) => [
      name,
      { description, ...(by === 'form' && { type: 'string' }) },
    ]),
  );
  const type = by === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const schema = { type: 'object', properties, required: [...required] };
  return { requestBody: { required: true, content: { [type]: { schema } } } };
}

const CLIENT = [{ client: [] }];
const REFUSED = 'The request is refused. `error` is the reason (RFC 6749, section 5.2).';
const UNKNOWN_CLIENT = 'Client authentication failed.';
const LIMITED = 'Too many requests. Try again after `Retry-After` seconds.';

const AUTHORIZATION = {
  client_id: 'The id of the client.',
  redirect_uri: 'A registered redirect URI, compared exactly.',
  response_type: '`code`',
  scope: 'The requested scopes, at least one. `openid` requests an ID token.',
  state: 'Returned unchanged.',
  nonce: 'Included in the ID token. Required without PKCE.',
  code_challenge:
    'The SHA-256 of the verifier in base64url (RFC 7636). Required, except for clients with `require_pkce: false`.',
  code_challenge_method: '`S256`',
  prompt: '`none`, `login` or `consent`.',
  max_age: 'The maximum number of seconds since the last sign-in.',
  login_hint: 'The email address or username to prefill.',
  ui_locales: 'The preferred languages of the pages, such as `es en`.',
  resource: 'The resource server that the token is for (RFC 8707).',
  request_uri: 'The result of `/oauth/par`. It replaces the other parameters.',
};

const LOGOUT = {
  id_token_hint: 'The ID token of the session. It may have expired.',
  client_id: 'The id of the client.',
  post_logout_redirect_uri: 'A registered address.',
  state: 'Returned unchanged.',
};

/** The endpoints of oidc-provider. */
export const OAUTH_ENDPOINTS: readonly OAuthEndpoint[] = [
  {
    method: 'get',
    path: '/.well-known/openid-configuration',
    summary: 'Returns the endpoints and the supported features',
    specification:
      'OpenID Connect Discovery 1.0. Also at `/.well-known/openid_configuration` and `/.well-known/oauth-authorization-server` (RFC 8414).',
    answers: { 200: 'The metadata.' },
  },
  {
    method: 'get',
    path: '/oauth/jwks',
    summary: 'Returns the public keys that verify tokens',
    specification:
      'RFC 7517. Keys are published before they sign. May be cached for 15 minutes, and asked for with `If-None-Match`.',
    answers: { 200: 'A JWK set.' },
  },
  {
    method: 'post',
    path: '/oauth/authorize',
    summary: 'Starts a sign-in from a form',
    specification: 'OpenID Connect Core 1.0, section 3.1.2.1. Up to 8 KiB.',
    by: 'form',
    parameters: AUTHORIZATION,
    required: ['client_id'],
    answers: { 303: 'Redirects to itself by GET.', 413: 'The form is too large.', 429: LIMITED },
  },
  {
    method: 'get',
    path: '/oauth/authorize',
    summary: 'Starts a sign-in in the browser',
    specification: 'RFC 6749, section 4.1, with PKCE (RFC 7636) and `iss` (RFC 9207).',
    parameters: AUTHORIZATION,
    required: ['client_id'],
    answers: {
      303: 'Redirects to the pages, or to the client with `code` or `error`.',
      400: 'An error page: the client or its redirect URI is unknown.',
      429: LIMITED,
    },
  },
  {
    method: 'post',
    path: '/oauth/par',
    summary: 'Stores the parameters of a sign-in in advance',
    specification: 'Pushed authorization requests: RFC 9126.',
    by: 'form',
    parameters: AUTHORIZATION,
    required: ['client_id'],
    security: CLIENT,
    answers: {
      201: '`request_uri`, which can be used once.',
      400: REFUSED,
      401: UNKNOWN_CLIENT,
      429: LIMITED,
    },
  },
  {
    method: 'post',
    path: '/oauth/token',
    summary: 'Issues tokens for a code, a refresh token, a device code, or a client',
    specification: 'RFC 6749, RFC 8628; with a `DPoP` header, bound to a key (RFC 9449).',
    by: 'form',
    parameters: {
      grant_type:
        '`authorization_code`, `refresh_token`, `client_credentials`, `urn:ietf:params:oauth:grant-type:device_code`, or `password` for clients with `passwordGrant`.',
      code: 'The code of the redirect. It can be used once.',
      redirect_uri: 'As in the authorization request.',
      code_verifier: 'The verifier of `code_challenge`.',
      refresh_token:
        'The answer contains the next one. A repetition within `REFRESH_GRACE` gets the same one.',
      device_code: 'The result of `/oauth/device_authorization`.',
      username: 'For `password`.',
      password: 'For `password`.',
      scope: 'The requested scopes. The answer has `scope` if others are granted.',
      resource:
        'The resource server that the token is for (RFC 8707). By default, that of the authorization request, or the only one that has the scopes.',
    },
    required: ['grant_type'],
    security: CLIENT,
    answers: { 200: 'The tokens.', 400: REFUSED, 401: UNKNOWN_CLIENT, 429: LIMITED },
  },
  {
    method: 'get',
    path: '/oauth/userinfo',
    summary: 'Returns the claims of the user that the token may read',
    specification: 'OpenID Connect Core 1.0, section 5.3.',
    security: [{ bearer: [] }],
    answers: { 200: 'The claims.', 401: 'The token is not valid.', 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/introspect',
    summary: 'Tells if a token is valid, and returns its claims',
    specification: 'RFC 7662. Accepts JWTs and opaque tokens.',
    by: 'form',
    parameters: { token: 'The token.', token_type_hint: '`access_token` or `refresh_token`.' },
    required: ['token'],
    security: CLIENT,
    answers: {
      200: '`active`, with the claims of an active token. `username` is the e-mail address or username, as the scopes allow, or `sub`.',
      400: REFUSED,
      401: UNKNOWN_CLIENT,
      429: LIMITED,
    },
  },
  {
    method: 'post',
    path: '/oauth/revoke',
    summary: 'Revokes a token',
    specification: 'RFC 7009. An unknown token is not an error.',
    by: 'form',
    parameters: { token: 'The token.', token_type_hint: '`access_token` or `refresh_token`.' },
    required: ['token'],
    security: CLIENT,
    answers: { 200: 'The token is revoked.', 400: REFUSED, 401: UNKNOWN_CLIENT, 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/device_authorization',
    summary: 'Starts a sign-in on a device without a keyboard',
    specification: 'RFC 8628, section 3.1. The person continues at `/oauth/device`.',
    by: 'form',
    parameters: { client_id: 'The id of the client.', scope: 'The requested scopes.' },
    required: ['client_id'],
    security: CLIENT,
    answers: {
      200: 'A device code, a user code to enter, and the `interval` in seconds.',
      400: REFUSED,
      401: UNKNOWN_CLIENT,
      429: LIMITED,
    },
  },
  {
    method: 'get',
    path: '/oauth/device',
    summary: 'Shows the page on which a person enters the user code',
    specification: 'RFC 8628, section 3.3.',
    parameters: { user_code: 'Prefills the form.' },
    answers: { 200: 'The page.', 429: LIMITED },
  },
  {
    method: 'get',
    path: '/oauth/logout',
    summary: 'Signs a person out after a confirmation',
    specification:
      'OpenID Connect RP-Initiated Logout 1.0. Clients are notified by Back-Channel Logout 1.0.',
    parameters: LOGOUT,
    answers: {
      200: 'The page with the confirmation.',
      400: 'An error page: the request is refused.',
    },
  },
  {
    method: 'post',
    path: '/oauth/logout',
    summary: 'Signs a person out from a form',
    specification: 'OpenID Connect RP-Initiated Logout 1.0, section 2. Up to 8 KiB.',
    by: 'form',
    parameters: LOGOUT,
    answers: { 303: 'Redirects to itself by GET.', 413: 'The form is too large.', 429: LIMITED },
  },
  {
    method: 'post',
    path: '/oauth/register',
    summary: 'Registers a client',
    specification: 'RFC 7591. `CLIENT_REGISTRATION` sets who may register.',
    by: 'json',
    parameters: {
      redirect_uris: 'The addresses that receive codes.',
      client_name: 'The name that people see.',
      grant_types: 'The grants that the client uses.',
      token_endpoint_auth_method: 'The authentication method of the client.',
    },
    security: [{ initialAccessToken: [] }],
    answers: {
      201: 'The client, its secret, and its registration access token.',
      400: '`invalid_client_metadata` or `invalid_redirect_uri`.',
      401: 'The initial access token is not valid.',
      429: LIMITED,
    },
  },
  ...(
    [
      ['get', 'Returns a client', 200],
      ['put', 'Replaces the metadata of a client', 200],
      ['delete', 'Deletes a client', 204],
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
