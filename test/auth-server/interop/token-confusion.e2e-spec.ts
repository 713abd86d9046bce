import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { administratorOf } from './administrator.js';
import { API, CALLBACK, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const OFFLINE = { scope: 'openid offline_access read', prompt: 'consent' };

describe.each(STORAGES)('one token is no other, on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;
  let signed: client.TokenEndpointResponse;
  let opaque: client.TokenEndpointResponse;
  let login: { readonly accessToken: string; readonly refreshToken: string };

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    web = await bed.relyingParty('web');
    const { email } = await bed.person();
    signed = await tokensFor(web, bed.browser(), email, { ...OFFLINE, resource: API });
    opaque = await tokensFor(web, bed.browser(), email, OFFLINE);
    const credentials = { email, password: PASSWORD };
    login = (await bed.platform.api('POST', '/api/v1/auth/login', credentials)).body;
  });

  afterAll(() => bed.close());

  const machineToken = async () => {
    const machine = await bed.relyingParty('machine');
    return (await client.clientCredentialsGrant(machine, { resource: API })).access_token;
  };
  const kinds: readonly [string, () => string | Promise<string>][] = [
    ['an access token for another API', () => signed.access_token],
    ['an access token for userinfo', () => opaque.access_token],
    ['an ID token', () => signed.id_token!],
    ['a refresh token of a client', () => opaque.refresh_token!],
    ['a refresh token of a login', () => login.refreshToken],
    ['a token of a program', machineToken],
  ];

  it.each(kinds)('the API of the platform does not take %s', async (_what, token) => {
    const presented = await token();

    for (const path of ['/api/me', '/api/v1/me', '/api/v1/me/sessions']) {
      const { status } = await bed.platform.api('GET', path, undefined, presented);
      expect([path, status]).toEqual([path, 401]);
    }
    const { status } = await bed.platform.api('GET', '/api/me', undefined, login.accessToken);
    expect(status).toBe(200);
  });

  it.each(
    [...kinds, ['the access token of a login', () => login.accessToken] as const].filter(
      ([what]) => what !== 'an access token for userinfo',
    ),
  )('userinfo does not take %s', async (_what, token) => {
    const ask = async (presented: string) =>
      fetch(`${bed.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${presented}` } });

    expect((await ask(await token())).status).toBe(401);
    expect((await ask(opaque.access_token)).status).toBe(200);
  });

  it.each([
    ['an access token', () => opaque.access_token],
    ['an ID token', () => signed.id_token!],
    ['a refresh token of a login', () => login.refreshToken],
  ])('nothing is refreshed with %s', async (_what, token) => {
    await expect(client.refreshTokenGrant(web, token())).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('a login is not refreshed with the refresh token of a client', async () => {
    const { refresh_token: refreshToken } = opaque;
    const answer = await bed.platform.api('POST', '/api/v1/auth/refresh', { refreshToken });

    expect(answer.status).toBe(401);
  });

  it("no client gets a token for the platform's own API", async () => {
    const machine = await bed.relyingParty('machine');
    const { aud } = decodeJwt(login.accessToken);
    for (const resource of [aud, bed.url].flatMap((one) => one ?? [])) {
      await expect(client.clientCredentialsGrant(machine, { resource })).rejects.toMatchObject({
        error: 'invalid_target',
      });
    }
  });

  it('a client that registers does not choose an id, be it that of a person', async () => {
    const { id } = await bed.person();
    const administrator = await administratorOf(bed);
    const path = '/api/v1/admin/initial-access-tokens';
    const { body } = await bed.platform.api('POST', path, {}, administrator);

    const made = await bed.platform.api(
      'POST',
      '/oauth/register',
      { client_id: id, redirect_uris: [CALLBACK] },
      body.token,
    );

    expect(made.body.client_id).not.toBe(id);
  });
});
