import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { SessionsService } from '../../../apps/auth-server/src/sessions/sessions.service.js';
import { hashOpaqueToken } from '../../../apps/auth-server/src/operation/crypto/opaque-tokens.js';
import { API, OAuthBed } from '../support/oauth-bed.js';
import { ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const OFFLINE = { scope: 'openid offline_access read', prompt: 'consent' };
const DAY = 24 * 60 * 60;

describe.each(STORAGES)('tokens on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;
  let own: client.Configuration;
  let email: string;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    web = await bed.relyingParty('web');
    own = await bed.relyingParty('own');
  });

  beforeEach(async () => {
    email = (await bed.person()).email;
  });

  afterAll(() => bed.close());

  const isActive = async (token: string) => (await client.tokenIntrospection(own, token)).active;
  const forms: readonly [string, Readonly<Record<string, string>>][] = [
    ['opaque', {}],
    ['signed', { resource: API }],
  ];

  it.each(forms)('introspects an %s access token', async (_form, asked) => {
    const { access_token: token } = await tokensFor(web, bed.browser(), email, {
      scope: 'openid read',
      ...asked,
    });

    await expect(client.tokenIntrospection(own, token)).resolves.toMatchObject({
      active: true,
      client_id: 'web',
      token_type: 'Bearer',
      iss: bed.url,
      sid: expect.any(String),
    });
  });

  it.each(forms)('tells a public client nothing of an %s token', async (_form, asked) => {
    const phone = await bed.relyingParty('phone', client.None());
    const { access_token: token } = await tokensFor(web, bed.browser(), email, {
      scope: 'openid read',
      ...asked,
    });

    await expect(client.tokenIntrospection(phone, token)).resolves.toEqual({ active: false });
  });

  it.each([['x'], ['eyJhbGciOiJub25lIn0.e30.'], ['a.b.c']])('finds %s inactive', async (token) => {
    await expect(client.tokenIntrospection(own, token)).resolves.toEqual({ active: false });
  });

  it.each(forms)('revokes an %s access token for its client alone', async (_form, asked) => {
    const { access_token: token } = await tokensFor(web, bed.browser(), email, {
      scope: 'openid read',
      ...asked,
    });

    await expect(client.tokenRevocation(own, token)).rejects.toMatchObject({ status: 400 });
    expect(await isActive(token)).toBe(true);
    await client.tokenRevocation(web, token);

    expect(await isActive(token)).toBe(false);
    await client.tokenRevocation(web, token);
  });

  it('revokes with a refresh token all that its grant gave', async () => {
    const tokens = await tokensFor(web, bed.browser(), email, { ...OFFLINE, resource: API });
    expect(await isActive(tokens.access_token)).toBe(true);

    await client.tokenRevocation(web, tokens.refresh_token!);

    expect(await isActive(tokens.access_token)).toBe(false);
    await expect(client.refreshTokenGrant(web, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('ends a family whose refresh token is used again after the grace period', async () => {
    const first = await tokensFor(web, bed.browser(), email, OFFLINE);
    const second = await client.refreshTokenGrant(web, first.refresh_token!);

    expect(await isActive(first.refresh_token!)).toBe(false);
    const third = await client.refreshTokenGrant(web, second.refresh_token!);

    bed.clock.advance(11);
    await expect(client.refreshTokenGrant(web, second.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.refreshTokenGrant(web, third.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await isActive(third.access_token)).toBe(false);
  });

  it('revokes the tokens of a code that is used again', async () => {
    const { tokens, again } = await exchangeTwice({ ...OFFLINE, resource: API });

    await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await isActive(tokens.access_token)).toBe(false);
    await expect(client.refreshTokenGrant(web, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it.each([
    ['offline', OFFLINE],
    ['opaque', { scope: 'openid' }],
    ['signed', { scope: 'openid read', resource: API }],
  ])('ends with the session: %s tokens', async (_form, asked) => {
    const browser = bed.browser();
    const tokens = await tokensFor(web, browser, email, asked);
    const { sid } = await client.tokenIntrospection(own, tokens.access_token);

    await bed.app.get(SessionsService, { strict: false }).end([String(sid)], 'ended_by_owner');

    expect(await isActive(tokens.access_token)).toBe(false);
    if (tokens.refresh_token !== undefined) {
      await expect(client.refreshTokenGrant(web, tokens.refresh_token)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    }
    const { page } = await ask(web, browser);
    expect(page.forms[0]!.fields).toHaveProperty('password');
  });

  it('are not restored by a write after their session has ended', async () => {
    const tokens = await tokensFor(web, bed.browser(), email, OFFLINE);
    const idHash = hashOpaqueToken(tokens.refresh_token!);
    const [row] = await bed.db.select().from(oidcPayloads).where(eq(oidcPayloads.idHash, idHash));
    await bed.app.get(SessionsService, { strict: false }).end([row!.sessionUid!], 'logout');

    await bed.db.insert(oidcPayloads).values(row!);

    expect(await isActive(tokens.refresh_token!)).toBe(false);
  });

  it('signs with a new key once there is one, and publishes the old one on', async () => {
    const keys = bed.app.get(SigningKeySet, { strict: false });
    const asked = { scope: 'openid read', resource: API };
    const before = (await tokensFor(web, bed.browser(), email, asked)).access_token;
    const { kid } = decodeProtectedHeader(before);

    while (keys.signingKey('ES256').kid === kid) {
      bed.clock.advance(DAY);
      await keys.reload();
    }

    const { kid: next } = keys.signingKey('ES256');
    const published = createRemoteJWKSet(new URL(`${bed.url}/oauth/jwks`));
    await expect(jwtVerify(before, published)).resolves.toBeDefined();
    const renewed = await bed.relyingParty('web');
    const after = (await tokensFor(renewed, bed.browser(), email, asked)).access_token;
    expect(decodeProtectedHeader(after).kid).toBe(next);
    await expect(jwtVerify(after, published)).resolves.toBeDefined();
  });

  it('keeps no code, token or cookie as it is', async () => {
    const browser = bed.browser();
    const tokens = await tokensFor(web, browser, email, OFFLINE);
    const { db } = bed;

    const kept = JSON.stringify(await db.select().from(oidcPayloads));

    const secrets = [tokens.access_token, tokens.refresh_token!, ...valuesOf(browser)];
    expect(secrets.length).toBeGreaterThan(2);
    for (const secret of secrets) expect(kept).not.toContain(secret);
  });

  async function exchangeTwice(asked: Readonly<Record<string, string>>) {
    const requests: URLSearchParams[] = [];
    web[client.customFetch] = (url, options) => {
      const { body } = options;
      if (body instanceof URLSearchParams) requests.push(body);
      return fetch(url, options as RequestInit);
    };
    const tokens = await tokensFor(web, bed.browser(), email, asked);
    web[client.customFetch] = (url, options) => fetch(url, options as RequestInit);
    const parameters = requests.find((one) => one.has('code'))!;
    const again = client.genericGrantRequest(
      web,
      'authorization_code',
      new URLSearchParams([...parameters].filter(([name]) => name !== 'grant_type')),
    );
    return { tokens, again };
  }
});

function valuesOf(browser: { cookiesFor(path: string): string }): string[] {
  return browser
    .cookiesFor('/')
    .split('; ')
    .filter((cookie) => !cookie.includes('.sig='))
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1));
}
