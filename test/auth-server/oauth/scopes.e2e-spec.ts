import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { API, CALLBACK, CLIENTS, OAuthBed, PASSWORD, SECRET } from '../support/oauth-bed.js';
import { accept, ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const APP = 'com.example.own:/callback';
const OTHER = 'https://other.example.com';
const TWIN = 'https://twin.example.com';

const MORE_CLIENTS = [
  {
    client_id: 'own-phone',
    application_type: 'native',
    redirect_uris: [APP],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    skip_consent: true,
  },
  {
    client_id: 'robot',
    client_secret: SECRET,
    grant_types: ['client_credentials'],
    scope: 'openid read other shared gone',
  },
  {
    client_id: 'django',
    client_secret: SECRET,
    redirect_uris: [CALLBACK],
    require_pkce: false,
  },
];

describe.each(STORAGES)('scopes and resources on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({
      storage,
      environment: {
        CLIENTS: JSON.stringify([...CLIENTS, ...MORE_CLIENTS]),
        RESOURCE_SERVERS: JSON.stringify([
          { identifier: API, scopes: ['read', 'write'] },
          { identifier: OTHER, scopes: ['other', 'shared'] },
          { identifier: TWIN, scopes: ['shared'] },
        ]),
      },
    });
  });

  afterAll(() => bed.close());

  const OFFLINE = { scope: 'openid offline_access' };

  it('a client of the operator gets a refresh token without a page', async () => {
    const { email } = await bed.person();
    const own = await bed.relyingParty('own');
    const browser = bed.browser();
    const { page, checks } = await ask(own, browser, OFFLINE);

    const back = await browser.submit(page, { identifier: email, password: PASSWORD });
    const tokens = await client.authorizationCodeGrant(own, back.url, checks);

    await expect(client.refreshTokenGrant(own, tokens.refresh_token!)).resolves.toHaveProperty(
      'refresh_token',
    );
    const silent = await ask(own, browser, { ...OFFLINE, prompt: 'none' });
    const again = await client.authorizationCodeGrant(own, silent.page.url, silent.checks);
    expect(again.refresh_token).toEqual(expect.any(String));
  });

  it('a native client of the operator gets one, too', async () => {
    const { email } = await bed.person();
    const phone = await bed.relyingParty('own-phone', client.None());
    const browser = bed.browser();
    const { page, checks } = await ask(phone, browser, { ...OFFLINE, redirect_uri: APP });

    const back = await browser.submit(page, { identifier: email, password: PASSWORD });
    const tokens = await client.authorizationCodeGrant(phone, back.url, checks);

    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('a pushed request of the operator gives one, too', async () => {
    const { email } = await bed.person();
    const own = await bed.relyingParty('own');
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(own, {
      ...OFFLINE,
      redirect_uri: CALLBACK,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const browser = bed.browser();
    const page = await browser.open(url);

    const back = await browser.submit(page, { identifier: email, password: PASSWORD });
    const tokens = await client.authorizationCodeGrant(own, back.url, { pkceCodeVerifier });

    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('another client gets one with the consent of the person only', async () => {
    const { email } = await bed.person();
    const web = await bed.relyingParty('web');

    const silent = await tokensFor(web, bed.browser(), email, OFFLINE);
    const asked = await tokensFor(web, bed.browser(), email, { ...OFFLINE, prompt: 'consent' });

    expect(silent.refresh_token).toBeUndefined();
    expect(asked.refresh_token).toEqual(expect.any(String));
  });

  it.each(['', 'unknown', 'offline_access', 'read'])(
    'a request for the scope "%s" comes back before a person signs in',
    async (scope) => {
      for (const id of ['web', 'own']) {
        const config = await bed.relyingParty(id);
        const { page } = await ask(config, bed.browser(), { scope });

        expect(page.url.origin).toBe(new URL(CALLBACK).origin);
        expect(page.url.searchParams.get('error')).toBe('invalid_scope');
      }
    },
  );

  it('a device gets no code for an unknown scope', async () => {
    const tv = await bed.relyingParty('tv', client.None());

    await expect(client.initiateDeviceAuthorization(tv, { scope: 'x' })).rejects.toMatchObject({
      error: 'invalid_scope',
    });
  });

  it('a client that acts for itself gets a token of the one API that has the scope', async () => {
    const robot = await bed.relyingParty('robot');

    const tokens = await client.clientCredentialsGrant(robot, { scope: 'read' });

    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: API, scope: 'read' });
    expect(tokens.scope).toBe('read');
  });

  it.each([
    ['of several APIs', { scope: 'shared' }, 'invalid_target'],
    ['of no API', { scope: 'gone' }, 'invalid_scope'],
    ['that the client may not request', { scope: 'write' }, 'invalid_scope'],
    ['of another API', { scope: 'other', resource: API }, 'invalid_scope'],
  ])('such a client is told of scopes %s', async (_what, parameters, error) => {
    const robot = await bed.relyingParty('robot');

    await expect(client.clientCredentialsGrant(robot, parameters)).rejects.toMatchObject({
      error,
    });
  });

  it('a resource of the authorization request holds at the token endpoint', async () => {
    const { email } = await bed.person();
    const web = await bed.relyingParty('web');
    const browser = bed.browser();
    const asked = { scope: 'openid read', resource: API };
    const { page, checks } = await ask(web, browser, asked);
    const back = await accept(browser, page, email);

    const tokens = await client.authorizationCodeGrant(web, back.url, checks);

    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: API, scope: 'read' });
    expect(tokens.scope).toBe('read');
  });

  it('a client without PKCE signs people in with a nonce', async () => {
    const { email, id } = await bed.person();
    const django = await bed.relyingParty('django');
    const browser = bed.browser();
    const page = await browser.open(authorizationOf({ nonce: 'n' }));

    const back = await accept(browser, page, email);
    const tokens = await client.authorizationCodeGrant(django, back.url, { expectedNonce: 'n' });

    expect(tokens.claims()?.sub).toBe(id);
  });

  it.each([
    ['no nonce', {}],
    ['no openid', { scope: 'email', nonce: 'n' }],
    ['another client', { client_id: 'web', nonce: 'n' }],
  ])('PKCE is required with %s', async (_what, changes) => {
    const page = await bed.browser().open(authorizationOf(changes));

    expect(page.url.searchParams.get('error')).toBe('invalid_request');
  });

  it('a code without a challenge takes no verifier', async () => {
    const { email } = await bed.person();
    const django = await bed.relyingParty('django');
    const browser = bed.browser();
    const back = await accept(browser, await browser.open(authorizationOf({ nonce: 'n' })), email);

    await expect(
      client.authorizationCodeGrant(django, back.url, {
        expectedNonce: 'n',
        pkceCodeVerifier: client.randomPKCECodeVerifier(),
      }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

function authorizationOf(changes: Readonly<Record<string, string>>): string {
  const parameters = {
    client_id: 'django',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    ...changes,
  };
  return `/oauth/authorize?${new URLSearchParams(parameters)}`;
}
