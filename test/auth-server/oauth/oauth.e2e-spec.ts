import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { CALLBACK, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

describe.each(STORAGES)('the authorization code flow on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  const web = () => bed.relyingParty('web');

  it('gives openid-client tokens of the person who signed in and consented', async () => {
    const { email, id } = await bed.person();
    const config = await web();
    const browser = bed.browser();

    const { page, checks } = await ask(config, browser);
    expect(page.text).toContain('The web app');
    const consent = await browser.submit(page, {
      identifier: email,
      password: PASSWORD,
    });
    expect(consent.text).toContain('see your email address');
    const back = await browser.submit(consent, { decision: 'allow' });
    expect(back.url.href).toMatch(new RegExp(`^${CALLBACK}\\?`));
    expect(back.url.searchParams.get('iss')).toBe(bed.url);
    const tokens = await client.authorizationCodeGrant(config, back.url, checks);

    expect(tokens.claims()).toMatchObject({ sub: id, aud: 'web' });
    expect(tokens.refresh_token).toBeUndefined();
    await expect(client.fetchUserInfo(config, tokens.access_token, id)).resolves.toEqual({
      sub: id,
      email,
      email_verified: true,
    });
  });

  it('does not ask again in the same session', async () => {
    const { email } = await bed.person();
    const config = await web();
    const browser = bed.browser();
    await tokensFor(config, browser, email);

    const { page } = await ask(config, browser);

    expect(page.url.href).toMatch(new RegExp(`^${CALLBACK}\\?code=`));
  });

  it('posts the answer to a client that requests form_post', async () => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page } = await ask(await bed.relyingParty('own'), browser, {
      response_mode: 'form_post',
    });

    const form = await browser.submit(page, { identifier: email, password: PASSWORD });

    expect(form.forms).toEqual([
      { action: CALLBACK, fields: expect.objectContaining({ iss: bed.url }) },
    ]);
    expect(form.headers.get('content-security-policy')).toMatch(
      /form-action 'self' https:\/\/app\.example\.com;.*script-src 'report-sample' 'sha256-[^']+'$/,
    );
  });
});
