import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { eq } from 'drizzle-orm';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { PlatformMetrics } from '../../../apps/auth-server/src/operation/metrics/metrics.js';
import { FactorPolicies } from '../../../apps/auth-server/src/credentials/factor-policies.js';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { hashOpaqueToken } from '../../../apps/auth-server/src/operation/crypto/opaque-tokens.js';
import { API, CALLBACK, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { accept, ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const OFFLINE = { scope: 'openid offline_access read', prompt: 'consent' };

describe.each(STORAGES)('the grants on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  const web = () => bed.relyingParty('web');

  it('refresh: gives a new refresh token each time', async () => {
    const { email } = await bed.person();
    const config = await web();
    const first = await tokensFor(config, bed.browser(), email, OFFLINE);

    const second = await client.refreshTokenGrant(config, first.refresh_token!);
    const third = await client.refreshTokenGrant(config, second.refresh_token!);

    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(third.claims()!.sub).toBe(first.claims()!.sub);
  });

  it('refresh: counts each token that it gives', async () => {
    const { email } = await bed.person();
    const config = await web();
    const { refresh_token: token } = await tokensFor(config, bed.browser(), email, OFFLINE);
    const { tokens } = bed.platform.app.get(PlatformMetrics, { strict: false });
    tokens.reset();

    await client.refreshTokenGrant(config, token!);
    bed.clock.advance(11);
    await client.refreshTokenGrant(config, token!).catch(() => undefined);

    const { values } = await tokens.get();
    expect(values.map(({ labels, value }) => [labels.kind, value])).toEqual([
      ['access', 1],
      ['refresh', 1],
      ['id', 1],
    ]);
  });

  it('a resource: gives a signed access token for it', async () => {
    const { email, id } = await bed.person();
    const config = await web();

    const tokens = await tokensFor(config, bed.browser(), email, {
      scope: 'openid read write',
      resource: API,
    });

    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({
      alg: 'ES256',
      typ: 'at+jwt',
    });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      iss: bed.url,
      aud: API,
      sub: id,
      client_id: 'web',
      scope: 'read write',
      sid: expect.any(String),
      amr: ['pwd'],
      auth_time: expect.any(Number),
    });
  });

  it('client credentials: gives the scopes of a resource that the client may ask for', async () => {
    const config = await bed.relyingParty('machine');

    const tokens = await client.clientCredentialsGrant(config, {
      resource: API,
      scope: 'read write',
    });

    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: 'machine',
      client_id: 'machine',
      aud: API,
      scope: 'read',
    });
    expect(decodeJwt(tokens.access_token)).not.toHaveProperty('sid');
  });

  it('refuses a resource that is not registered', async () => {
    const config = await bed.relyingParty('machine');

    await expect(
      client.clientCredentialsGrant(config, { resource: 'https://other.example.com' }),
    ).rejects.toMatchObject({ error: 'invalid_target' });
  });

  it('device code: waits until a person has confirmed the code', async () => {
    const { email, id } = await bed.person();
    const config = await bed.relyingParty('tv', client.None());
    const started = await client.initiateDeviceAuthorization(config, {
      scope: 'openid offline_access',
    });
    expect(started.verification_uri).toBe(`${bed.url}/oauth/device`);
    const poll = (device_code = started.device_code) =>
      client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', {
        device_code,
      });
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
    // Value that a reader of the database could derive from its row.
    const handle = `#${hashOpaqueToken(started.device_code)}`;
    await expect(poll(handle)).rejects.toMatchObject({ error: 'invalid_grant' });

    const browser = bed.browser();
    const entry = await browser.open(started.verification_uri_complete!);
    expect(entry.forms[0]!.fields['user_code']).toBe(started.user_code);
    const confirm = await browser.submit(entry);
    expect(confirm.text).toContain('The television');
    const done = await accept(browser, await browser.submit(confirm, { confirm: 'yes' }), email);

    expect(done.text).toContain('Device connected');
    const tokens = await poll();
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(decodeJwt(tokens.id_token!).sub).toBe(id);
    await expect(poll()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('device code: returns an error if the person cancels', async () => {
    const config = await bed.relyingParty('tv', client.None());
    const started = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    const browser = bed.browser();
    const confirm = await browser.submit(await browser.open('/oauth/device'), {
      user_code: started.user_code.toLowerCase(),
    });

    const cancelled = await browser.submit(confirm, { abort: 'yes' });

    expect(cancelled.text).toContain('The device was not connected.');
    await expect(
      client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', {
        device_code: started.device_code,
      }),
    ).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('device code: shows the form again if its session has ended', async () => {
    const response = await fetch(`${bed.url}/oauth/device`, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ xsrf: 'of-an-ended-session', user_code: 'ABCD-EFGH' }),
      redirect: 'manual',
    });

    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/oauth/device');
  });

  it('a pushed authorization request replaces its parameters', async () => {
    const { email } = await bed.person();
    const config = await web();
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const browser = bed.browser();

    const back = await accept(browser, await browser.open(url), email);

    const tokens = await client.authorizationCodeGrant(config, back.url, { pkceCodeVerifier });
    expect(tokens.id_token).toEqual(expect.any(String));
  });

  it('DPoP: binds tokens to the key of the client', async () => {
    const { email, id } = await bed.person();
    const config = await bed.relyingParty('phone', client.None());
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const browser = bed.browser();
    const redirect_uri = 'http://127.0.0.1:49152/callback';
    const { page, checks } = await ask(config, browser, { redirect_uri });
    const back = await accept(browser, page, email);

    const tokens = await client.authorizationCodeGrant(config, back.url, checks, undefined, {
      DPoP,
    });

    expect(tokens.token_type).toBe('dpop');
    await expect(
      client.fetchUserInfo(config, tokens.access_token, id, { DPoP }),
    ).resolves.toMatchObject({ sub: id });
    const bare = await fetch(`${bed.url}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(bare.status).toBe(401);
  });

  it('passwords: only where an administrator marked the client', async () => {
    const { email, id } = await bed.person();
    const config = await bed.relyingParty('machine');
    const grant = (password: string) =>
      client.genericGrantRequest(config, 'password', {
        username: email,
        password,
        scope: 'openid read',
        resource: API,
      });
    const mark = async (passwordGrant: boolean) => {
      const metadata = { ...CLIENT_OF_PASSWORDS, client_id: 'machine' };
      await bed.db
        .update(clients)
        .set({ passwordGrant, metadata })
        .where(eq(clients.id, 'machine'));
      await bed.app.get(ClientsService, { strict: false }).forget(['machine']);
    };
    await expect(grant(PASSWORD)).rejects.toMatchObject({ error: 'invalid_request' });
    await mark(false);
    await expect(grant(PASSWORD)).rejects.toMatchObject({ error: 'unauthorized_client' });
    await mark(true);

    await expect(
      client.genericGrantRequest(config, 'password', {
        username: email,
        password: PASSWORD,
        scope: 'read',
      }),
    ).rejects.toMatchObject({ error: 'invalid_scope' });
    await expect(grant('wrong')).rejects.toMatchObject({ error: 'invalid_grant' });
    const tokens = await grant(PASSWORD);
    expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: id, aud: API, scope: 'read' });

    const policies = bed.app.get(FactorPolicies, { strict: false });
    policies.register((account) => (account.id === id ? ['totp'] : undefined));
    await expect(grant(PASSWORD)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });
});

const CLIENT_OF_PASSWORDS = {
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials', 'password'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid read',
};
