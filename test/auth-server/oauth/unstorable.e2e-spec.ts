import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administratorOf } from '../interop/administrator.js';
import { CALLBACK, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const BASIC = `Basic ${Buffer.from(`web:${SECRET}`).toString('base64')}`;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Members that a client registers, with a text that cannot be stored. */
const MEMBERS: readonly [string, object][] = [
  ['client_name', { client_name: 'a\u0000b' }],
  ['client_name', { client_name: 'a\ud800b' }],
  ['client_uri', { client_uri: 'https://app.example.com/\u0000' }],
  ['jwks', { jwks: { keys: [{ kty: 'EC', kid: '\u0000' }] } }],
  ['jwks', { jwks: { keys: [{ kty: 'EC', '\udc00': 'x' }] } }],
  ['an unknown member', { nobody_knows: [{ deep: '\u0000' }] }],
];

describe.each(STORAGES)('texts that %s cannot store', (storage) => {
  let bed: OAuthBed;
  let token: string;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage, environment: { CLIENT_REGISTRATION: 'open' } });
    token = await administratorOf(bed);
  });

  afterAll(() => bed.close());

  const parameters = (changes: Readonly<Record<string, string>>) =>
    new URLSearchParams({
      client_id: 'web',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...changes,
    });

  it.each(['state', 'nonce', 'login_hint', 'scope', 'client_id', 'ui_locales', 'request_uri'])(
    'are refused in %s',
    async (name) => {
      const query = parameters({ [name]: 'a\u0000b' });
      const asked = await fetch(`${bed.url}/oauth/authorize?${query}`, { redirect: 'manual' });
      const pushed = await fetch(`${bed.url}/oauth/par`, {
        method: 'POST',
        headers: { authorization: BASIC },
        body: query,
      });

      expect(asked.status).toBe(400);
      expect(pushed.status).toBe(400);
    },
  );

  it.each(['state', 'nonce', 'resource', 'client_id'])(
    'are refused in %s if the client omits its only redirect URI',
    async (name) => {
      const query = parameters({ [name]: 'a\u0000b' });
      query.delete('redirect_uri');
      const asked = await fetch(`${bed.url}/oauth/authorize?${query}`, { redirect: 'manual' });

      expect(asked.status).toBe(400);
    },
  );

  it.each([
    ['device_authorization', { client_id: 'tv', scope: 'openid', login_hint: '\u0000' }],
    ['token', { client_id: 'tv', grant_type: 'refresh_token', refresh_token: '\u0000' }],
    ['token', { client_id: '\u0000', grant_type: 'client_credentials' }],
    ['introspect', { client_id: 'tv', token: '\u0000' }],
    ['revoke', { client_id: 'tv', token: '\u0000' }],
  ])('are refused at %s', async (endpoint, body) => {
    const response = await fetch(`${bed.url}/oauth/${endpoint}`, {
      method: 'POST',
      body: new URLSearchParams(body),
    });

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toMatchObject({ error: 'invalid_request' });
  });

  it.each(['device?user_code=%00', 'logout?state=%00', 'logout?client_id=%00'])(
    'are refused on the page %s',
    async (page) => {
      const response = await fetch(`${bed.url}/oauth/${page}`, { redirect: 'manual' });

      expect(response.status).toBe(page.startsWith('device') ? 200 : 400);
    },
  );

  it.each(MEMBERS)('are refused in %s of a client that registers', async (_name, metadata) => {
    const response = await fetch(`${bed.url}/oauth/register`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ redirect_uris: [CALLBACK], ...metadata }),
    });

    expect(response.status).toBe(400);
  });

  it.each(MEMBERS)('are refused in %s of a client of an administrator', async (_name, metadata) => {
    const created = await bed.platform.api(
      'POST',
      '/api/v1/admin/clients',
      { metadata: { redirect_uris: [CALLBACK], ...metadata } },
      token,
    );
    const changed = await bed.platform.api(
      'PATCH',
      '/api/v1/admin/clients/web',
      { metadata },
      token,
    );

    expect(created.status).toBe(400);
    // A declared client is changed in the environment only.
    expect([400, 409]).toContain(changed.status);
  });

  it.each([
    [{ identifier: 'https://a.example.com/\u0000', scopes: ['read'] }],
    [{ identifier: 'https://a.example.com', scopes: ['re\u0000ad'] }],
    [{ identifier: 'https://a.example.com', scopes: ['re\ud800ad'] }],
  ])('are refused in the resource server %j', async (server) => {
    const { status } = await bed.platform.api(
      'PUT',
      '/api/v1/admin/resource-servers',
      server,
      token,
    );

    expect(status).toBe(400);
  });

  it('are refused in a body that is nested deeply', async () => {
    const deep = `${'['.repeat(20_000)}"\\u0000"${']'.repeat(20_000)}`;
    const response = await fetch(`${bed.url}/oauth/register`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: `{"redirect_uris":["${CALLBACK}"],"x":${deep}}`,
    });

    expect(response.status).toBe(400);
  });
});
