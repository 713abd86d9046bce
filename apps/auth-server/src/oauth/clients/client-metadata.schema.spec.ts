import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type JWK, Provider } from 'oidc-provider';
import { CLIENT_DEFINITION, CLIENT_MEMBERS } from './client-metadata.schema.js';
import { OPENID_SCOPES } from './client-metadata.schema.js';

const CODE = { redirect_uris: ['https://app.example.com/callback'] };
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const KEY = { kty: 'EC', crv: 'P-256', x: 'eA', y: 'eQ', kid: '1', use: 'sig', alg: 'ES256' };

function mistakesIn(metadata: object, passwordGrant = false): string[] {
  const { error } = CLIENT_DEFINITION.safeParse({ metadata, passwordGrant });
  return (error?.issues ?? []).map(({ path }) => path.slice(1).map(String).join('.'));
}

const GOOD: readonly object[] = [
  CODE,
  {
    ...CODE,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  },
  {
    ...CODE,
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
  },
  { ...CODE, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [KEY] } },
  {
    ...CODE,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks_uri: 'http://localhost:3000/jwks',
  },
  { grant_types: ['client_credentials'], scope: 'openid email' },
  { grant_types: [DEVICE, 'refresh_token'], token_endpoint_auth_method: 'none' },
  {
    redirect_uris: ['com.example.app:/callback', 'http://127.0.0.1/callback', 'https://a.example/'],
    post_logout_redirect_uris: ['com.example.app:/bye'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
  },
  {
    ...CODE,
    client_id: 'everything',
    client_name: 'Everything',
    client_uri: 'https://a.example',
    logo_uri: 'https://a.example/logo.png',
    policy_uri: 'https://a.example/policy',
    tos_uri: 'https://a.example/tos',
    contacts: ['ada@example.com'],
    application_type: 'web',
    post_logout_redirect_uris: ['http://localhost:3000/'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE],
    response_types: ['code'],
    scope: OPENID_SCOPES.join(' '),
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
    default_max_age: 600,
    require_auth_time: true,
    initiate_login_uri: 'https://a.example/login',
    backchannel_logout_uri: 'http://localhost:3000/logout',
    backchannel_logout_session_required: true,
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    skip_consent: true,
    jwks: { keys: [KEY] },
  },
];

/** Set up as the platform's, as far as clients are concerned. */
function bareProvider(): Provider {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider('http://localhost', {
    adapter: () => {
      throw new Error('nothing is kept here');
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    extraClientMetadata: { properties: ['skip_consent', 'resource_scopes'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    jwks: { keys: [ec, rsa].map(({ privateKey }) => privateKey.export({ format: 'jwk' }) as JWK) },
    responseTypes: ['code'],
    scopes: OPENID_SCOPES,
  });
}

describe('client metadata', () => {
  const provider = bareProvider();

  it.each(GOOD)('is taken, and is taken by oidc-provider as it is: %j', (given) => {
    const { metadata } = CLIENT_DEFINITION.parse({ metadata: given });
    // The typings hide how oidc-provider makes them.
    const client = Reflect.construct(provider.Client, [
      { client_id: 'a', ...metadata, client_secret: 'placeholder' },
    ]);
    expect(client.metadata()).toMatchObject(metadata);
  });

  it('follows from what was given', () => {
    expect(CLIENT_DEFINITION.parse({ metadata: CODE })).toEqual({
      metadata: {
        ...CODE,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
      passwordGrant: false,
    });
    const { metadata } = CLIENT_DEFINITION.parse({ metadata: { grant_types: [DEVICE] } });
    expect(metadata).toMatchObject({ redirect_uris: [], response_types: [] });
  });

  const web = (more: object) => ({ ...CODE, ...more });
  it.each<[string, object]>([
    ['redirect_uris', {}],
    ['redirect_uris', { redirect_uris: [] }],
    ['redirect_uris.1', { redirect_uris: [...CODE.redirect_uris, 'http://a.example/'] }],
    ['redirect_uris.0', { redirect_uris: ['com.example.app:/callback'] }],
    ['post_logout_redirect_uris.0', web({ post_logout_redirect_uris: ['https://a.example/#'] })],
    ['grant_types.0', web({ grant_types: ['implicit'] })],
    ['grant_types', { grant_types: ['password'] }],
    ['response_types', web({ grant_types: ['client_credentials'], response_types: ['code'] })],
    ['response_types', web({ response_types: [] })],
    ['response_types.0', web({ response_types: ['id_token'] })],
    ['token_endpoint_auth_method', web({ token_endpoint_auth_method: 'client_secret_jwt' })],
    [
      'token_endpoint_auth_method',
      { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
    ],
    ['token_endpoint_auth_signing_alg', web({ token_endpoint_auth_signing_alg: 'ES256' })],
    ['jwks', web({ token_endpoint_auth_method: 'private_key_jwt' })],
    ['jwks_uri', web({ jwks: { keys: [KEY] }, jwks_uri: 'https://a.example/jwks' })],
    ['jwks_uri', web({ jwks_uri: 'http://a.example/jwks' })],
    ['jwks.keys.0', web({ jwks: { keys: [{ ...KEY, d: 'ZA' }] } })],
    ['jwks.keys.0.kty', web({ jwks: { keys: [{ kty: 'oct', k: 'aw' }] } })],
    ['logo_uri', web({ logo_uri: 'http://localhost/logo.png' })],
    ['client_uri', web({ client_uri: 'javascript:alert(1)' })],
    ['backchannel_logout_uri', web({ backchannel_logout_uri: 'http://a.example/' })],
    ['id_token_signed_response_alg', web({ id_token_signed_response_alg: 'HS256' })],
    ['id_token_signed_response_alg', web({ id_token_signed_response_alg: 'none' })],
    ['subject_type', web({ subject_type: 'pairwise' })],
    ['scope', web({ scope: '' })],
    ['scope', web({ scope: 'openid  email' })],
    ['client_id', web({ client_id: 'patronus' })],
    ['client_id', web({ client_id: 'a b' })],
    ['client_id', web({ client_id: '0f8fad5b-d9cb-469f-a165-70867728950e' })],
    ['client_id', web({ client_id: '' })],
    ['skip_consent', web({ skip_consent: 'true' })],
    ['client_name', web({ client_name: 'x'.repeat(201) })],
    ['', web({ client_secret: 'x'.repeat(40) })],
    ['', web({ sector_identifier_uri: 'https://a.example/' })],
  ])('has a mistake in %j: %j', (path, metadata) => {
    expect(mistakesIn(metadata)).toEqual([path]);
  });

  it('has the password grant only where an administrator allows it', () => {
    expect(mistakesIn({ grant_types: ['password'] }, true)).toEqual([]);
  });

  it('is described for OpenAPI', () => {
    expect(Object.keys(CLIENT_MEMBERS)).toContain('skip_consent');
    const schema = CLIENT_DEFINITION['~standard'].jsonSchema.input({ target: 'openapi-3.0' });
    expect(JSON.stringify(schema)).toContain('"redirect_uris"');
  });
});
