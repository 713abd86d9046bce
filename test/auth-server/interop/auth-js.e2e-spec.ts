import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Auth, type AuthConfig } from '@auth/core';
import { throughPlatform, WebApp } from './web-app.js';
import { CLIENTS, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('an application with Auth.js, on %s', (storage) => {
  let app: WebApp;
  let bed: OAuthBed;

  beforeAll(async () => {
    app = await WebApp.start();
    const site = {
      client_id: 'site',
      client_name: 'The site',
      client_secret: SECRET,
      redirect_uris: [`${app.url}/auth/callback/patronus`],
    };
    bed = await OAuthBed.start({
      storage,
      environment: { CLIENTS: JSON.stringify([...CLIENTS, site]) },
    });
    const config: AuthConfig = {
      basePath: '/auth',
      trustHost: true,
      secret: 'of the application, for its own cookies',
      logger: { error: () => undefined },
      providers: [
        {
          id: 'patronus',
          name: 'Patronus',
          type: 'oidc',
          issuer: bed.url,
          clientId: 'site',
          clientSecret: SECRET,
          checks: ['pkce', 'state', 'nonce'],
          // The ID token identifies the person, and userinfo has the rest (OpenID Connect Core,
          // section 5.4).
          idToken: false,
        },
      ],
    };
    app.answerWith((request, response) => void answer(app.url, config, request, response));
  });

  afterAll(async () => {
    await bed.close();
    await app.close();
  });

  const sessionIn = async (browser: UserAgent): Promise<unknown> =>
    JSON.parse((await browser.open('/auth/session')).text);

  /** Goes from the page with the buttons to the platform's URL. */
  async function pressSignIn(browser: UserAgent): Promise<URL> {
    const page = await browser.open('/auth/signin');
    expect(page.text).toContain('Sign in with Patronus');
    return (await browser.submit(page)).url;
  }

  it('signs a person in, shows the account, and signs out', async () => {
    const { email } = await bed.person();
    const browser = new UserAgent(app.url);
    expect(await sessionIn(browser)).toBeNull();

    const there = await pressSignIn(browser);
    expect(there.href).toMatch(new RegExp(`^${bed.url}/oauth/authorize\\?`));
    const back = await throughPlatform(bed, there, email);
    expect(back.href).toMatch(new RegExp(`^${app.url}/auth/callback/patronus\\?`));
    await browser.open(back);

    expect(await sessionIn(browser)).toMatchObject({ user: { name: 'Ada', email } });
    await browser.submit(await browser.open('/auth/signout'));
    expect(await sessionIn(browser)).toBeNull();
  });

  it('gives a code that another browser brings no session', async () => {
    const { email } = await bed.person();
    const back = await throughPlatform(bed, await pressSignIn(new UserAgent(app.url)), email);
    const other = new UserAgent(app.url);
    await pressSignIn(other);

    const page = await other.open(back);

    expect(page.url.pathname).toBe('/auth/error');
    expect(await sessionIn(other)).toBeNull();
  });

  it('gives an answer of another issuer no session', async () => {
    const { email } = await bed.person();
    const browser = new UserAgent(app.url);
    const back = await throughPlatform(bed, await pressSignIn(browser), email);
    back.searchParams.set('iss', 'https://evil.example.com');

    const page = await browser.open(back);

    expect(page.url.pathname).toBe('/auth/error');
    expect(await sessionIn(browser)).toBeNull();
  });

  it('receives access_denied if the person denies', async () => {
    const browser = new UserAgent(app.url);
    const visitor = bed.browser();
    const page = await visitor.open(await pressSignIn(browser));
    const { url: back } = await visitor.submit(page, {}, 1);
    expect(back.searchParams.get('error')).toBe('access_denied');

    await browser.open(back);

    expect(await sessionIn(browser)).toBeNull();
  });
});

/** Converts between Node's requests and those of Auth.js. */
async function answer(
  origin: string,
  config: AuthConfig,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  const body = method === 'POST' ? { body: await text(request) } : {};
  const answered = await Auth(
    new Request(new URL(url, origin), { method, headers, ...body }),
    config,
  );
  for (const [name, value] of answered.headers) response.appendHeader(name, value);
  response.writeHead(answered.status).end(await answered.text());
}
