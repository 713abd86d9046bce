import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { Passport } from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { browserSessions, sessionOf } from './browser-session.js';
import { PkceStrategy } from './pkce.strategy.js';
import { throughPlatform, WebApp } from './web-app.js';
import { CLIENTS, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('an application with passport-openidconnect, on %s', (storage) => {
  let app: WebApp;
  let bed: OAuthBed;

  beforeAll(async () => {
    app = await WebApp.start();
    const site = {
      client_id: 'site',
      client_name: 'The site',
      client_secret: SECRET,
      // It knows no other way.
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [`${app.url}/back`, `${app.url}/plain/back`],
    };
    bed = await OAuthBed.start({
      storage,
      environment: { CLIENTS: JSON.stringify([...CLIENTS, site]) },
    });
    app.answerWith(applicationAt(app.url, bed.url));
  });

  afterAll(async () => {
    await bed.close();
    await app.close();
  });

  it('signs a person in, and shows the account', async () => {
    const { email, id } = await bed.person();
    const browser = new UserAgent(app.url);
    expect((await browser.open('/')).text).toBe('nobody');

    const { url: there } = await browser.open('/in');
    expect(there.searchParams.get('code_challenge_method')).toBe('S256');
    const page = await browser.open(await throughPlatform(bed, there, email));

    expect(page.url.pathname).toBe('/');
    expect(JSON.parse(page.text)).toMatchObject({
      issuer: bed.url,
      profile: { id, displayName: 'Ada', emails: [{ value: email }] },
    });
  });

  it('gives a code that another browser brings no session', async () => {
    const { email } = await bed.person();
    const { url: there } = await new UserAgent(app.url).open('/in');
    const back = await throughPlatform(bed, there, email);
    const other = new UserAgent(app.url);
    await other.open('/in');

    expect((await other.open(back)).status).toBe(403);
    expect((await other.open('/')).text).toBe('nobody');
  });

  it('gets no token for a code without the verifier that it was asked for with', async () => {
    const { email } = await bed.person();
    const browser = new UserAgent(app.url);
    const back = await throughPlatform(bed, (await browser.open('/in')).url, email);
    await browser.open('/forget');

    const page = await browser.open(back);

    expect([page.status, page.text]).toEqual([500, 'invalid_grant']);
  });

  it('is refused without PKCE', async () => {
    const browser = new UserAgent(app.url);

    const { url: there } = await browser.open('/plain/in');
    const { url: back } = await bed.browser().open(there);

    expect(back.href).toMatch(new RegExp(`^${app.url}/plain/back\\?`));
    expect(back.searchParams.get('error')).toBe('invalid_request');
    expect(back.searchParams.get('error_description')).toContain('PKCE');
  });
});

/** Application with three pages: the current user, the way to the platform, and the way back. */
function applicationAt(url: string, issuer: string): Express {
  const options = {
    issuer,
    authorizationURL: `${issuer}/oauth/authorize`,
    tokenURL: `${issuer}/oauth/token`,
    userInfoURL: `${issuer}/oauth/userinfo`,
    clientID: 'site',
    clientSecret: SECRET,
    scope: 'profile email',
    skipUserProfile: false,
  };
  const verify = (
    from: string,
    profile: OpenIDConnectStrategy.Profile,
    done: OpenIDConnectStrategy.VerifyCallback,
  ) => done(null, { issuer: from, profile });
  const passport = new Passport();
  passport.use('pkce', new PkceStrategy({ ...options, callbackURL: `${url}/back` }, verify));
  const plain = { ...options, callbackURL: `${url}/plain/back` };
  passport.use('plain', new OpenIDConnectStrategy(plain, verify));

  const app = express();
  app.use(browserSessions());
  app.get('/', (request, response) => void response.send(sessionOf(request)['user'] ?? 'nobody'));
  app.get('/forget', (request, response) => {
    delete sessionOf(request)['code_verifier'];
    response.end();
  });
  app.get('/plain/in', passport.authenticate('plain', { session: false }));
  app.get('/in', passport.authenticate('pkce', { session: false }));
  app.get('/back', passport.authenticate('pkce', { session: false }), (request, response) => {
    sessionOf(request)['user'] = request.user;
    response.redirect('/');
  });
  const sayCode: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).send(error.code);
  };
  return app.use(sayCode);
}
