import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { CALLBACK, OAuthBed } from '../support/oauth-bed.js';
import { accept, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const BYE = 'https://app.example.com/bye';
const DAY = 24 * 60 * 60;

describe.each(STORAGES)('requests by form on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage, environment: { KEY_ROTATION_DAYS: '1' } });
  });

  afterAll(() => bed.close());

  const post = (path: string, body: BodyInit, headers = {}) =>
    fetch(`${bed.url}${path}`, { method: 'POST', body, headers, redirect: 'manual' });
  const asked = (changes: Readonly<Record<string, string>> = {}) =>
    new URLSearchParams({
      client_id: 'own',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid email',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      state: 'é & =\r\n',
      ...changes,
    });

  it('sign a person in, also from another site', async () => {
    const { email } = await bed.person();
    const browser = bed.browser();

    const response = await post('/oauth/authorize', asked(), { origin: 'https://app.example.com' });

    expect(response.status).toBe(303);
    const page = await browser.open(new URL(response.headers.get('location')!, bed.url));
    const back = await accept(browser, page, email);
    expect(back.url.searchParams.get('code')).toEqual(expect.any(String));
    expect(back.url.searchParams.get('state')).toBe('é & =\r\n');
  });

  it.each(['state', 'client_id'])('keep a parameter %s that is repeated', async (name) => {
    const response = await post('/oauth/authorize', `${asked()}&${name}=x`, {
      'content-type': 'application/x-www-form-urlencoded',
    });

    const page = await bed.browser().open(new URL(response.headers.get('location')!, bed.url));
    expect(page.text + page.url.href).toContain('invalid_request');
  });

  it('sign a person out with an ID token whose key has rotated out since', async () => {
    const own = await bed.relyingParty('own');
    const browser = bed.browser();
    const { email } = await bed.person();
    const { id_token: hint } = await tokensFor(own, browser, email);
    const page = await browser.open('/oauth/logout');
    bed.clock.advance(20 * DAY);
    await bed.app.get(SigningKeySet, { strict: false }).reload();

    const body = new URLSearchParams({ id_token_hint: hint!, post_logout_redirect_uri: BYE });
    const response = await post('/oauth/logout', body);
    const asks = await browser.open(new URL(response.headers.get('location')!, bed.url));
    const back = await browser.submit(asks, { logout: 'yes' });

    expect(page.status).toBe(200);
    expect(back.url.href).toBe(BYE);
  });

  it.each([
    ['a form that no address can carry', 'x='.padEnd(9_000, 'y'), 413],
    ['a body that is no form', '{}', 415],
  ])('are refused with %s', async (_what, body, status) => {
    const type = status === 415 ? 'application/json' : 'application/x-www-form-urlencoded';

    expect((await post('/oauth/logout', body, { 'content-type': type })).status).toBe(status);
  });
});

describe.each(STORAGES)('introspection on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  it.each([
    ['an opaque token', { scope: 'openid email' }, true],
    ['a signed token', { scope: 'openid email read', resource: 'https://api.example.com' }, true],
    ['a token without the address', { scope: 'openid' }, false],
  ])('names the person of %s', async (_what, parameters, hasAddress) => {
    const { email, id } = await bed.person();
    const own = await bed.relyingParty('own');
    const { access_token: token } = await tokensFor(own, bed.browser(), email, parameters);

    await expect(client.tokenIntrospection(own, token)).resolves.toMatchObject({
      sub: id,
      username: hasAddress ? email : id,
    });
  });

  it('names the person of a refresh token', async () => {
    const { email, id } = await bed.person();
    const own = await bed.relyingParty('own');
    const asked = { scope: 'openid email offline_access' };
    const { refresh_token: token } = await tokensFor(own, bed.browser(), email, asked);

    await expect(client.tokenIntrospection(own, token!)).resolves.toMatchObject({
      sub: id,
      username: email,
    });
  });

  it.each([[{}], [{ scope: 'read', resource: 'https://api.example.com' }]])(
    'names a client that acts for itself: %j',
    async (parameters) => {
      const machine = await bed.relyingParty('machine');
      const { access_token: token } = await client.clientCredentialsGrant(machine, parameters);

      await expect(client.tokenIntrospection(machine, token)).resolves.toMatchObject({
        sub: 'machine',
        username: 'machine',
      });
    },
  );
});
