import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { CALLBACK, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const PKCE = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const ASKED = {
  client_id: 'web',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  ...PKCE,
};
const ELSEWHERE = [
  'https://evil.example.com/bye',
  'https://app.example.com/bye/',
  'https://app.example.com/bye?x=1',
  'https://app.example.com/bye#x',
  'https://app.example.com@evil.example.com/bye',
  'https://app.example.com:444/bye',
  'http://app.example.com/bye',
  '//evil.example.com/bye',
  '\\evil.example.com',
  'https:evil.example.com',
  'javascript:alert(1)',
];

describe.each(STORAGES)('the platform redirects to no other site, on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  const send = (path: string, body: URLSearchParams) =>
    fetch(`${bed.url}/oauth/${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`web:${SECRET}`)}` },
      body,
      redirect: 'manual',
    });

  it.each(ELSEWHERE)('after logout: %s', async (post_logout_redirect_uri) => {
    const own = await bed.relyingParty('own');
    const { email } = await bed.person();
    const browser = bed.browser();
    const { id_token = '' } = await tokensFor(own, browser, email);
    const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri });

    const page = await browser.open(`/oauth/logout?${query}`);

    expect([page.url.origin, page.status]).toEqual([bed.url, 400]);
    expect(page.text).toContain('invalid_request');
    expect(page.forms).toEqual([]);
  });

  it('after a logout that names no client', async () => {
    const query = new URLSearchParams({ post_logout_redirect_uri: 'https://app.example.com/bye' });

    const browser = bed.browser();
    const page = await browser.open(`/oauth/logout?${query}`);
    const after = await browser.submit(page, { logout: 'yes' });

    expect(after.url.origin).toBe(bed.url);
    expect(after.text).not.toContain('app.example.com');
  });

  it.each(['nobody', '', 'a\u0000b', 'x'.repeat(5000)])(
    'for a client that there is not: %j',
    async (client_id) => {
      const query = new URLSearchParams({
        client_id,
        redirect_uri: 'https://evil.example.com/callback',
        response_type: 'code',
        scope: 'openid',
        ...PKCE,
      });

      const page = await bed.browser().open(`/oauth/authorize?${query}`);

      expect(page.url.origin).toBe(bed.url);
      expect([400, 401]).toContain(page.status);
    },
  );

  it.each([
    ['another redirect URI', { redirect_uri: 'https://evil.example.com/callback' }],
    ['no challenge', { code_challenge: '', code_challenge_method: '' }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['an implicit flow', { response_type: 'id_token', nonce: 'n' }],
  ])('for a pushed request with %s', async (_what, changes) => {
    expect((await send('par', new URLSearchParams(ASKED))).status).toBe(201);

    const body = new URLSearchParams({ ...ASKED, ...changes });
    for (const [name, value] of Object.entries(changes)) if (value === '') body.delete(name);
    const response = await send('par', body);

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.not.toHaveProperty('request_uri');
  });

  it('for a pushed request of another client', async () => {
    const url = await client.buildAuthorizationUrlWithPAR(await bed.relyingParty('web'), {
      redirect_uri: CALLBACK,
      scope: 'openid',
      ...PKCE,
    });
    url.searchParams.set('client_id', 'own');

    const page = await bed.browser().open(url);

    expect(page.forms).toEqual([]);
    expect(page.text + page.url.search).toContain('invalid_request');
  });

  it.each([
    ['introspect', { token: 'x' }, 'token'],
    ['revoke', { token: 'x' }, 'token'],
    ['par', ASKED, 'redirect_uri'],
    ['par', ASKED, 'code_challenge'],
    ['device_authorization', { scope: 'openid' }, 'scope'],
  ])('nor takes a parameter of /oauth/%s twice', async (path, parameters, twice) => {
    const body = new URLSearchParams(parameters);
    body.append(twice, 'another');

    const response = await send(path, body);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('invalid_request');
  });

  it('nor takes a parameter of a logout twice', async () => {
    const page = await bed.browser().open('/oauth/logout?state=x&state=y');

    expect([page.status, page.forms]).toEqual([400, []]);
    expect(page.text).toContain('invalid_request');
  });

  it('does not fetch a request object from an address', async () => {
    let visits = 0;
    const stranger = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    await once(stranger.listen(0, '127.0.0.1'), 'listening');
    const address = stranger.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      for (const more of [
        { request_uri: `http://127.0.0.1:${port}/request` },
        { request_uri: 'urn:ietf:params:oauth:request_uri:unknown' },
        { request: 'eyJhbGciOiJub25lIn0.e30.' },
      ]) {
        const query = new URLSearchParams({ ...ASKED, ...more });
        const page = await bed.browser().open(`/oauth/authorize?${query}`);
        expect(page.forms).toEqual([]);
        expect(page.text + page.url.search).toMatch(/invalid_request|request_(uri_)?not_supported/);
      }
      expect(visits).toBe(0);
    } finally {
      stranger.close();
    }
  });
});
