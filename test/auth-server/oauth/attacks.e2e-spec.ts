import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { CALLBACK, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { accept, ask } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';
import type { Page } from '../support/user-agent.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe.each(STORAGES)('what OAuth refuses on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  const authorize = (changes: Readonly<Record<string, string | undefined>>, more = '') => {
    const parameters = {
      client_id: 'web',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...changes,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) query.set(name, value);
    }
    return bed.browser().open(`/oauth/authorize?${query}${more}`);
  };
  const isSignIn = (page: Page) => page.forms[0]?.fields['password'] !== undefined;

  it('asks to sign in where nothing is wrong', async () => {
    expect(isSignIn(await authorize({}))).toBe(true);
  });

  it.each([
    'https://app.example.com/callback/',
    'https://app.example.com/callback?x=1',
    'https://app.example.com/callback#x',
    'https://app.example.com/Callback',
    'https://app.example.com:444/callback',
    'https://app.example.com/callback/../evil',
    'https://app.example.com.evil.com/callback',
    'https://app.example.com@evil.com/callback',
    'https://evil.com/callback',
    'https://user:pass@app.example.com/callback',
    'http://app.example.com/callback',
    '//evil.com/callback',
    '\\evil.com',
    'https:evil.com',
    'javascript:alert(1)',
  ])('no other redirect URI: %s', async (redirect_uri) => {
    const page = await authorize({ redirect_uri });

    expect(page.url.origin).toBe(bed.url);
    expect(page.status).toBe(400);
    expect(page.text).toContain('invalid_redirect_uri');
  });

  it.each([
    ['http://127.0.0.1:1234/callback', true],
    ['http://127.0.0.1/callback', true],
    ['com.example.app:/callback', true],
    ['http://127.0.0.1:1234/callback/', false],
    ['http://127.0.0.1:1234/other', false],
    ['http://localhost:1234/callback', false],
    ['http://127.0.0.1@evil.com:1234/callback', false],
    ['http://127.0.0.1:1234@evil.com/callback', false],
    ['https://127.0.0.1:1234/callback', false],
    ['com.example.app:/other', false],
  ])('a native client comes back to %s: %s', async (redirect_uri, allowed) => {
    const page = await authorize({ client_id: 'phone', redirect_uri });

    expect(isSignIn(page)).toBe(allowed);
  });

  it('a web client gets no other port on loopback', async () => {
    const page = await authorize({ redirect_uri: 'http://127.0.0.1:1234/callback' });

    expect(page.text).toContain('invalid_redirect_uri');
  });

  it.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['no method', { code_challenge_method: undefined }],
    ['a short challenge', { code_challenge: 'short' }],
  ])('PKCE with %s', async (_what, changes) => {
    const { url } = await authorize(changes);

    expect(url.href).toMatch(new RegExp(`^${CALLBACK}\\?`));
    expect(url.searchParams.get('error')).toBe('invalid_request');
    expect(url.searchParams.get('iss')).toBe(bed.url);
  });

  it.each(['token', 'id_token', 'code id_token', 'none'])('the response type %s', async (type) => {
    const { url } = await authorize({ response_type: type, nonce: 'n' });

    expect(url.href).toContain('unsupported_response_type');
  });

  it.each(['client_id', 'scope', 'state', 'response_type', 'code_challenge', 'redirect_uri'])(
    'the parameter %s twice',
    async (name) => {
      const page = await authorize({ state: 's' }, `&${name}=other`);

      expect(page.text + page.url.href).toContain('invalid_request');
      expect(isSignIn(page)).toBe(false);
    },
  );

  it.each(['grant_type', 'code', 'client_id', 'redirect_uri', 'code_verifier'])(
    'the parameter %s twice at the token endpoint',
    async (name) => {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: 'http://127.0.0.1/callback',
        client_id: 'phone',
        code_verifier: VERIFIER,
      });
      body.append(name, 'x');

      const response = await fetch(`${bed.url}/oauth/token`, { method: 'POST', body });

      expect(response.status).toBe(400);
      await expect(response.json()).resolves.toMatchObject({ error: 'invalid_request' });
    },
  );

  it('a code with another verifier, another client or another redirect URI', async () => {
    const { email } = await bed.person();
    const config = await bed.relyingParty('web');
    const browser = bed.browser();
    const { page, checks } = await ask(config, browser);
    const back = await accept(browser, page, email);
    const code = back.url.searchParams.get('code')!;
    const exchange = (as: client.Configuration, changes: Readonly<Record<string, string>>) =>
      client.genericGrantRequest(as, 'authorization_code', {
        code,
        redirect_uri: CALLBACK,
        code_verifier: checks.pkceCodeVerifier!,
        ...changes,
      });
    const refused = { error: 'invalid_grant' };

    await expect(exchange(config, { code_verifier: VERIFIER })).rejects.toMatchObject(refused);
    await expect(exchange(config, { redirect_uri: `${CALLBACK}/` })).rejects.toMatchObject(refused);
    const own = await bed.relyingParty('own');
    await expect(exchange(own, {})).rejects.toMatchObject(refused);

    await expect(exchange(config, {})).resolves.toHaveProperty('access_token');
  });

  it('a form that was sent from elsewhere', async () => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser);
    const response = await fetch(page.url, {
      method: 'POST',
      headers: {
        cookie: browser.cookiesFor(page.url.pathname),
        origin: 'https://evil.com',
        'sec-fetch-site': 'cross-site',
      },
      body: new URLSearchParams({ identifier: email, password: PASSWORD }),
      redirect: 'manual',
    });

    expect(response.status).toBe(403);
  });

  it('an interaction in another browser', async () => {
    const { page } = await ask(await bed.relyingParty('web'), bed.browser());

    const stranger = await bed.browser().open(page.url);

    expect(stranger.status).toBe(400);
    expect(stranger.text).toContain('interaction_expired');
  });

  it('a consent that was not reached yet', async () => {
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser);
    const forged = { ...page, forms: [{ action: `${page.url.pathname}/consent`, fields: {} }] };

    const answer = await browser.submit(forged, { decision: 'allow' });

    expect(answer.status).toBe(400);
  });

  it('wrong passwords and unknown names alike', async () => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser);
    const wrong = await browser.submit(page, { identifier: email, password: 'wrong' });
    const unknown = await browser.submit(page, { identifier: 'nobody@example.com', password: 'x' });

    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const plain = (text: string, name: string) => text.replaceAll(name, '');
    expect(plain(wrong.text, email)).toBe(plain(unknown.text, 'nobody@example.com'));
    expect(wrong.text).not.toContain('wrong"');
  });

  it.each([
    ['en', 'Too many failed sign-ins', 'Try again in 15 minutes'],
    ['es', 'Demasiados intentos fallidos', 'Inténtalo dentro de 15 minutos'],
  ])('a locked account, with the wait in %s', async (ui_locales, title, wait) => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('web'), browser, { ui_locales });
    for (let failures = 0; failures < 5; failures += 1) {
      await browser.submit(page, { identifier: email, password: 'wrong' });
    }
    const locked = await browser.submit(page, { identifier: email, password: PASSWORD });

    expect(locked.status).toBe(429);
    expect(locked.text).toContain(`<h2>${title}</h2>`);
    expect(locked.text).toContain(wait);
  });

  it('returns access_denied if the person cancels or denies', async () => {
    const { email } = await bed.person();
    const config = await bed.relyingParty('web');
    const browser = bed.browser();
    const first = await ask(config, browser);
    const cancelled = await browser.submit(first.page, {}, 1);
    expect(cancelled.url.searchParams.get('error')).toBe('access_denied');

    const second = await ask(config, browser);
    const consent = await browser.submit(second.page, { identifier: email, password: PASSWORD });
    const denied = await browser.submit(consent, { decision: 'deny' });

    expect(denied.url.searchParams.get('error')).toBe('access_denied');
    expect(denied.url.searchParams.get('iss')).toBe(bed.url);
  });

  it.each([
    ['null', null],
    ['http://127.0.0.1', 'http://127.0.0.1'],
  ])('lets scripts from %s read an answer: %s', async (origin, allowed) => {
    const body = { client_id: 'phone', grant_type: 'refresh_token', refresh_token: 'x' };
    const response = await fetch(`${bed.url}/oauth/token`, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams(body),
    });

    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
  });

  it.each(['/oauth/Device', '/oauth/device/', '/oauth/REGISTER/x', '/oauth/logout/'])(
    'another spelling of an address: %s',
    async (path) => {
      expect((await fetch(bed.url + path)).status).toBe(404);
    },
  );

  it('publishes no address of another host', async () => {
    const response = await fetch(`${bed.url}/.well-known/openid_configuration`, {
      headers: { 'x-forwarded-host': 'evil.com', 'x-forwarded-proto': 'https' },
    });

    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      issuer: bed.url,
      token_endpoint: `${bed.url}/oauth/token`,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(text).not.toContain('evil.com');
  });

  it('lets a sign-in page post only to the platform and the client', async () => {
    const { headers } = await authorize({});

    expect(headers.get('content-security-policy')).toContain(
      "form-action 'self' https://app.example.com;",
    );
  });
});
