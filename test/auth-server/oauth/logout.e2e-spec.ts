import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { eq } from 'drizzle-orm';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { CLIENTS, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const BYE = 'https://app.example.com/bye';

describe.each(STORAGES)('sessions of browsers on %s', (storage) => {
  let bed: OAuthBed;
  let own: client.Configuration;
  let relyingParty: Server;
  let heard: Promise<string>;

  beforeAll(async () => {
    let hear: (body: string) => void;
    heard = new Promise((resolve) => (hear = resolve));
    relyingParty = createServer((request, response) => {
      void text(request).then(hear);
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(relyingParty, 'listening');
    const address = relyingParty.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const backchannel_logout_uri = `http://127.0.0.1:${port}/logout`;
    const clients = CLIENTS.map((one) =>
      one.client_id === 'web' ? { ...one, backchannel_logout_uri } : one,
    );
    bed = await OAuthBed.start({ storage, environment: { CLIENTS: JSON.stringify(clients) } });
    own = await bed.relyingParty('own');
  });

  afterAll(async () => {
    await bed.close();
    relyingParty.close();
  });

  const rowsOf = (accountId: string) =>
    bed.db.select().from(sessions).where(eq(sessions.accountId, accountId));

  it('are listed with the device that they are of, one for one browser', async () => {
    const { email, id } = await bed.person();
    const browser = bed.browser();

    await tokensFor(own, browser, email);
    await tokensFor(own, browser, email);
    await tokensFor(await bed.relyingParty('web'), browser, email);

    await expect(rowsOf(id)).resolves.toEqual([
      expect.objectContaining({
        kind: 'browser',
        device: 'Firefox on Linux',
        methods: ['pwd'],
        endedAt: null,
      }),
    ]);
  });

  it('a client of the operator gets its tokens without a question', async () => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(own, browser);

    const back = await browser.submit(page, { identifier: email, password: PASSWORD });

    expect(back.url.searchParams.get('code')).toEqual(expect.any(String));
  });

  it('end at RP-initiated logout, which notifies the other clients', async () => {
    const { email, id } = await bed.person();
    const browser = bed.browser();
    const tokens = await tokensFor(own, browser, email);
    await tokensFor(await bed.relyingParty('web'), browser, email);

    const page = await browser.open(
      client.buildEndSessionUrl(own, {
        id_token_hint: tokens.id_token!,
        post_logout_redirect_uri: BYE,
        state: 's',
      }),
    );
    expect(page.text).toContain('Sign out?');
    const back = await browser.submit(page, { logout: 'yes' });

    expect(back.url.href).toBe(`${BYE}?state=s`);
    await expect(rowsOf(id)).resolves.toMatchObject([{ endedBecause: 'logout' }]);
    const logoutToken = new URLSearchParams(await heard).get('logout_token')!;
    const keys = createRemoteJWKSet(new URL(`${bed.url}/oauth/jwks`));
    const { payload } = await jwtVerify(logoutToken, keys, { audience: 'web' });
    expect(payload).toMatchObject({
      sub: id,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    const again = await ask(own, browser);
    expect(again.page.forms[0]!.fields).toHaveProperty('password');
  });

  it('continue if the person cancels the logout', async () => {
    const { email, id } = await bed.person();
    const browser = bed.browser();
    const tokens = await tokensFor(own, browser, email);

    const url = client.buildEndSessionUrl(own, { id_token_hint: tokens.id_token! });
    await browser.submit(await browser.open(url));

    await expect(rowsOf(id)).resolves.toMatchObject([{ endedAt: null }]);
  });

  it('end if another person signs in', async () => {
    const [first, second] = [await bed.person(), await bed.person()];
    const browser = bed.browser();
    await tokensFor(own, browser, first.email);
    const { page } = await ask(own, browser, { prompt: 'login' });

    const handover = await browser.submit(page, { identifier: second.email, password: PASSWORD });
    expect(handover.headers.get('content-security-policy')).toContain('https://app.example.com');
    const back = await browser.submit(handover);

    expect(back.url.searchParams.get('code')).toEqual(expect.any(String));
    await expect(rowsOf(first.id)).resolves.toMatchObject([{ endedBecause: 'logout' }]);
    await expect(rowsOf(second.id)).resolves.toMatchObject([{ endedAt: null }]);
  });

  it('do not begin where the password was changed between sign-in and return', async () => {
    const { email, id } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(own, browser);
    const response = await fetch(page.url, {
      method: 'POST',
      headers: { cookie: browser.cookiesFor(page.url.pathname), origin: bed.url },
      body: new URLSearchParams({ identifier: email, password: PASSWORD }),
      redirect: 'manual',
    });
    expect(response.status).toBe(303);

    await bed.changePassword(id);
    const back = await browser.open(response.headers.get('location')!);

    expect(back.url.origin).toBe(bed.url);
    expect(back.status).toBe(400);
    await expect(rowsOf(id)).resolves.toEqual([]);
  });
});
