import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromiumPath } from '../../environment/services.js';
import { PagesBrowser } from '../console/pages-browser.js';
import { accept, ask } from '../support/oauth-flow.js';
import { CLIENTS, OAuthBed, PASSWORD } from '../support/oauth-bed.js';
import { newAddress } from '../support/people.js';
import type { Page } from '../support/user-agent.js';

const HOMES = [
  { client_id: 'with-login', initiate_login_uri: 'https://app.example.com/login?tenant=norte' },
  { client_id: 'with-home', client_uri: 'https://app.example.com/home' },
].map((home) => ({ ...CLIENTS[0]!, ...home }));

const buttonOf = ({ text }: Page) =>
  /<a class="button" href="([^"]*)">/.exec(text)?.[1]?.replaceAll('&amp;', '&');

describe('the way back to the application', () => {
  let bed: OAuthBed;
  beforeAll(async () => {
    bed = await OAuthBed.start({
      environment: { CLIENTS: JSON.stringify([...CLIENTS, ...HOMES]), CLIENT_REGISTRATION: 'open' },
    });
  });
  afterAll(() => bed.close());

  const config = (id = 'web') => bed.relyingParty(id);
  const linkFor = async (address: string) =>
    /http\S+/.exec((await bed.platform.inbox(address)).at(-1)?.text ?? '')?.[0] ?? '';
  const linkIn = ({ text }: Page, label: RegExp) => {
    const found = [...text.matchAll(/<a[^>]* href="([^"]*)"[^>]*>([^<]*)/g)];
    return found.find(([, , words = '']) => label.test(words))![1]!.replaceAll('&amp;', '&');
  };

  describe('is kept from the registration', () => {
    it('to the confirmed address, and on to the application', async () => {
      const browser = bed.browser();
      const email = newAddress();
      const { page } = await ask(await config(), browser);
      const form = await browser.open(linkIn(page, /Create an account/));
      const inbox = await browser.submit(form, { email, password: PASSWORD });
      await browser.submit(inbox);
      expect(new URL(await linkFor(email)).searchParams.get('continue')).toBe(page.url.pathname);
      const confirm = await browser.open(await linkFor(email));
      const done = await browser.submit(confirm);
      expect([done.status, buttonOf(done)]).toEqual([200, page.url.pathname]);
      const back = await accept(browser, await browser.open(buttonOf(done)!), email);
      expect(back.url.origin).toBe('https://app.example.com');
    });

    it('to the choice of a password, if the address was registered twice', async () => {
      const browser = bed.browser();
      const email = newAddress();
      const { page } = await ask(await config(), browser);
      for (const password of [PASSWORD, `${PASSWORD} again`]) {
        const form = await browser.open(linkIn(page, /Create an account/));
        await browser.submit(form, { email, password });
      }
      await browser.submit(await browser.open(await linkFor(email)));
      const done = await browser.submit(await browser.open(await linkFor(email)), {
        password: PASSWORD,
      });
      expect([done.status, buttonOf(done)]).toEqual([200, page.url.pathname]);
    });

    it('to the reset of an account that is known already', async () => {
      const browser = bed.browser();
      const { email } = await bed.person();
      const { page } = await ask(await config(), browser);
      const form = await browser.open(linkIn(page, /Create an account/));
      await browser.submit(form, { email, password: PASSWORD });
      expect(new URL(await linkFor(email)).searchParams.get('continue')).toBe(page.url.pathname);
    });

    it.each(['//evil.example', '/oauth/authorize?client_id=evil', '/interaction/../evil'])(
      'to no other place: %s',
      async (way) => {
        const browser = bed.browser();
        const email = newAddress();
        const form = await browser.open('/register');
        const typed = { email, password: PASSWORD, continue: way };
        const inbox = await browser.submit(form, typed);
        expect(inbox.text).not.toContain('evil');
        await browser.submit(inbox, { continue: way });
        expect(await linkFor(email)).not.toContain('evil');
        const again = `${await linkFor(email)}&continue=${encodeURIComponent(way)}`;
        const confirm = await browser.open(again);
        const done = await browser.submit(confirm, { continue: way });
        expect([done.status, buttonOf(done)]).toEqual([200, '/']);
        expect(done.text).not.toContain('evil');
      },
    );
  });

  it('leads from a dead link to a new one, and then to the sign-in', async () => {
    const browser = bed.browser();
    const dead = await browser.open('/reset-password?token=pot_x&continue=%2Finteraction%2Fabc');
    expect(buttonOf(dead)).toBe('/forgot-password?continue=%2Finteraction%2Fabc');
  });

  it.each([
    ['web', 'https://app.example.com'],
    ['with-home', 'https://app.example.com/home'],
    ['with-login', /^https:\/\/app\.example\.com\/login\?tenant=norte&iss=http/],
  ])('leads from a sign-in of %s in another browser to %s', async (id, home) => {
    const { page } = await ask(await config(id), bed.browser());
    const stranger = await bed.browser().open(page.url);
    expect([stranger.status, stranger.text]).toEqual([
      400,
      expect.stringContaining('interaction_expired'),
    ]);
    expect(buttonOf(stranger)).toEqual(
      typeof home === 'string' ? home : expect.stringMatching(home),
    );
    expect(stranger.text).toContain('app.example.com</bdi>');
  });

  it('leads to no application that registered itself, from a sign-in of another browser', async () => {
    const registered = await bed.platform.api('POST', '/oauth/register', {
      client_name: 'Evil',
      redirect_uris: ['https://evil.example/callback'],
      token_endpoint_auth_method: 'none',
    });
    expect(registered.status).toBe(201);
    const url = new URL('/oauth/authorize', bed.url);
    url.search = new URLSearchParams({
      client_id: registered.body.client_id,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://evil.example/callback',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const page = await bed.browser().open(url);
    expect(page.url.pathname).toMatch(/^\/interaction\//);
    const stranger = await bed.browser().open(page.url);
    expect([buttonOf(stranger), stranger.text]).toEqual(['/', expect.not.stringContaining('evil')]);
  });

  it('leads from an expired sign-in to the application', async () => {
    const browser = bed.browser();
    const { page } = await ask(await config('with-home'), browser);
    bed.clock.advance(60 * 60 + 1);
    const expired = await browser.open(page.url);
    expect([expired.status, buttonOf(expired)]).toEqual([400, 'https://app.example.com/home']);
  });

  it('leads from a finished step to the one that waits, and from the end to the application', async () => {
    const browser = bed.browser();
    const { email } = await bed.person();
    const { page } = await ask(await config(), browser);
    const consent = await browser.submit(page, { identifier: email, password: PASSWORD });
    const back = await browser.open(page.url);
    expect([back.status, buttonOf(back)]).toEqual([400, consent.url.pathname]);
    await browser.submit(consent, { decision: 'allow' });
    const finished = await browser.open(page.url);
    expect([finished.status, buttonOf(finished)]).toEqual([400, 'https://app.example.com']);
  });

  it('leads from a request that is refused to the application that sent it', async () => {
    const url = new URL('/oauth/authorize', bed.url);
    const redirect_uri = 'https://elsewhere.example/callback';
    url.search = new URLSearchParams({ client_id: 'with-home', redirect_uri }).toString();
    const refused = await bed.browser().open(url);
    expect([refused.status, buttonOf(refused)]).toEqual([400, 'https://app.example.com/home']);
    expect(refused.text).not.toContain('elsewhere');
  });

  const itInBrowser = chromiumPath() === undefined ? it.skip : it;

  itInBrowser('goes on after the button Back of a browser', async () => {
    const { email } = await bed.person();
    const browser = await PagesBrowser.open();
    try {
      const page = await browser.page();
      const own = new URL('/oauth/authorize', bed.url);
      own.search = new URLSearchParams({
        client_id: 'web',
        response_type: 'code',
        scope: 'openid email',
        redirect_uri: 'https://app.example.com/callback',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      }).toString();
      await page.goto(own.href);
      await page.getByLabel('Email address or username').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
      await page.goBack();
      await page.reload();
      await page.getByRole('link', { name: 'Continue signing in' }).click();
      await page.getByRole('heading', { name: 'Allow access?' }).waitFor();
    } finally {
      await browser.close();
    }
  });
});
