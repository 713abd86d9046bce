import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { z } from 'zod';
import { CALLBACK, OAuthBed } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';

const REGISTERED = z.looseObject({
  registration_client_uri: z.string(),
  registration_access_token: z.string(),
});

describe('dynamic registration', () => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ environment: { CLIENT_REGISTRATION: 'open' } });
  });

  afterAll(() => bed.close());

  const register = (metadata: object) =>
    fetch(`${bed.url}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [CALLBACK], ...metadata }),
    });
  const manage = (uri: string, token: string, method = 'GET', body?: object) =>
    fetch(uri, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('lets a client register, sign people in, update and remove itself', async () => {
    const { email } = await bed.person();
    const config = await client.dynamicClientRegistration(
      new URL(bed.url),
      {
        redirect_uris: [CALLBACK],
        client_name: 'Newcomer',
        token_endpoint_auth_method: 'client_secret_post',
      },
      undefined,
      { execute: [client.allowInsecureRequests] },
    );
    const registered = config.clientMetadata();
    expect(registered.client_secret).toMatch(/^pcs_/);
    await tokensFor(config, bed.browser(), email);
    const { registration_client_uri: uri, registration_access_token: first } =
      REGISTERED.parse(registered);

    const read = REGISTERED.parse(await (await manage(uri, first)).json());
    expect(read).toMatchObject({ client_id: registered.client_id, client_name: 'Newcomer' });
    expect(read).not.toHaveProperty('client_secret');

    const updated = await manage(uri, read.registration_access_token, 'PUT', {
      client_id: registered.client_id,
      redirect_uris: [CALLBACK],
      client_name: 'Renamed',
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(updated.status).toBe(200);
    const { registration_access_token: token, ...metadata } = REGISTERED.parse(
      await updated.json(),
    );
    expect(metadata).toMatchObject({ client_name: 'Renamed' });
    expect(metadata).not.toHaveProperty('client_secret');
    await tokensFor(config, bed.browser(), email);

    expect((await manage(uri, read.registration_access_token)).status).toBe(401);
    expect((await manage(uri, token, 'DELETE')).status).toBe(204);
    await expect(client.tokenIntrospection(config, 'x')).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  const registered = async () =>
    REGISTERED.parse(
      await (await register({ client_name: 'Reader', scope: 'openid email' })).json(),
    );

  it('takes what it says, with or without the right secret', async () => {
    const { registration_client_uri: uri, ...created } = await registered();
    let token = created.registration_access_token;
    for (const secret of [undefined, created['client_secret']]) {
      const read = REGISTERED.parse(await (await manage(uri, token)).json());
      const { registration_access_token: _, registration_client_uri: __, ...said } = read;
      expect(said).not.toHaveProperty('resource_scopes');
      delete said['client_id_issued_at'];
      const body = { ...said, ...(secret !== undefined && { client_secret: secret }) };

      const updated = await manage(uri, read.registration_access_token, 'PUT', body);

      expect(updated.status).toBe(200);
      const answer = REGISTERED.parse(await updated.json());
      expect(answer).toMatchObject(said);
      token = answer.registration_access_token;
    }
  });

  it('refuses a wrong secret in an update', async () => {
    const { registration_client_uri: uri, ...created } = await registered();
    const { registration_access_token: token, client_id } = created;
    const body = { client_id, redirect_uris: [CALLBACK], client_secret: 'a wrong one' };

    expect((await manage(uri, token, 'PUT', body)).status).toBe(400);
    expect((await manage(uri, token)).status).toBe(200);
  });

  it('gives one of thirty parallel updates the next token', async () => {
    const { registration_client_uri: uri, ...created } = await registered();
    const { registration_access_token: token, client_id } = created;
    const names = Array.from({ length: 30 }, (_, index) => `Name ${index}`);

    const answers = await Promise.all(
      names.map((client_name) =>
        manage(uri, token, 'PUT', { client_id, redirect_uris: [CALLBACK], client_name }),
      ),
    );

    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(29);
    const winner = REGISTERED.parse(await winners[0]!.json());
    const read = await (await manage(uri, winner.registration_access_token)).json();
    expect(read).toMatchObject({ client_name: winner['client_name'] });
  });

  it.each([
    ['skip_consent', { skip_consent: true }],
    ['resource_scopes', { resource_scopes: ['read'] }],
    ['scopes of resources', { scope: 'openid read' }],
    ['passwords', { grant_types: ['password'] }],
    ['the implicit grant', { grant_types: ['implicit'], response_types: ['token'] }],
    ['http elsewhere', { redirect_uris: ['http://app.example.com/callback'] }],
    ['a fragment', { redirect_uris: [`${CALLBACK}#x`] }],
    ['a wildcard', { redirect_uris: ['https://*.example.com/callback'] }],
    ['no PKCE', { require_pkce: false }],
    ['a sector', { sector_identifier_uri: 'https://127.0.0.1:1/' }],
    ['a script', { redirect_uris: ['javascript:alert(1)'] }],
  ])('refuses %s', async (_what, metadata) => {
    const response = await register(metadata);

    expect(response.status).toBe(400);
    await expect(response.json()).resolves.toMatchObject({
      error: expect.stringMatching(/^invalid_(?:client_metadata|redirect_uri)$/),
    });
  });
});

describe('registration that needs a token', () => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start();
  });

  afterAll(() => bed.close());

  it('refuses a client without one', async () => {
    const response = await fetch(`${bed.url}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [CALLBACK] }),
    });

    expect(response.status).toBe(401);
  });
});

describe('registration that is off', () => {
  it('is not there', async () => {
    const bed = await OAuthBed.start({ environment: { CLIENT_REGISTRATION: 'off' } });
    try {
      const response = await fetch(`${bed.url}/oauth/register`, { method: 'POST' });
      const metadata = await (await fetch(`${bed.url}/.well-known/openid-configuration`)).json();

      expect(response.status).toBe(404);
      expect(metadata).not.toHaveProperty('registration_endpoint');
    } finally {
      await bed.close();
    }
  });
});
