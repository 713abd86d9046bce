import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FirstAdministratorService } from '../../../apps/auth-server/src/sign-in/setup/first-administrator.service.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  registered,
  verifyEmail,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('the pages of accounts on %s', (storage) => {
  let bed: PlatformBed;
  let browser: UserAgent;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    browser = new UserAgent(bed.url);
  });
  afterAll(() => bed.close());

  const lastLink = async (address: string) => {
    const text = (await bed.inbox(address)).at(-1)?.text ?? '';
    return /http\S+/.exec(text)?.[0] ?? '';
  };

  it('register an account, whose address is confirmed by a button and not by opening the link', async () => {
    const email = newAddress();
    const form = await browser.open('/register');
    expect(form.status).toBe(200);
    expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");
    const sent = await browser.submit(form, { email, password: PASSWORD, name: '', username: '' });
    expect(sent).toMatchObject({ status: 200 });
    expect(sent.text).toContain(email);
    for (let looks = 0; looks < 3; looks += 1) await browser.open(await lastLink(email));
    const page = await browser.open(await lastLink(email));
    // Never the token in the address.
    expect(page.headers.get('referrer-policy')).toBe('strict-origin');
    const done = await browser.submit(page);
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining('Email address confirmed'),
    ]);
    expect((await logIn(bed, email)).status).toBe(200);
    bed.clock.advance(61);
    const again = await browser.submit(page);
    expect([again.status, again.text]).toEqual([410, expect.stringContaining('link_invalid')]);
  });

  it('send the link again', async () => {
    const email = newAddress();
    const sent = await browser.submit(await browser.open('/register'), {
      email,
      password: PASSWORD,
    });
    expect((await browser.submit(sent)).status).toBe(200);
    expect(await bed.inbox(email)).toHaveLength(2);
    expect((await verifyEmail(bed, await bed.tokenMailedTo(email))).status).toBe(200);
  });

  it('say that a link is invalid if the form with its token is incomplete', async () => {
    const email = newAddress();
    const sent = await browser.submit(await browser.open('/register'), {
      email,
      password: PASSWORD,
    });
    expect((await browser.submit(sent, { email: '' })).status).toBe(400);
    const page = await browser.open(await lastLink(email));
    const without = await browser.submit(page, { token: '' });
    expect([without.status, without.text]).toEqual([410, expect.stringContaining('link_invalid')]);
    expect((await browser.submit(page)).status).toBe(200);
  });

  it('show errors beside the fields, and never repeat a password', async () => {
    const weak = 'password1234567';
    const typed = { email: 'no <address>', name: '"><b>', password: weak };
    const form = await browser.open('/register');
    const wrong = await browser.submit(form, typed);
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Enter an email address like ana@example.com.');
    expect(wrong.forms[0]?.fields).toMatchObject({ name: expect.stringContaining('b&gt;') });
    expect(wrong.text).not.toContain('"><b>');
    const email = newAddress();
    const refused = await browser.submit(form, { ...typed, email });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Choose a different password.');
    expect(refused.text).not.toContain(weak);
    expect((await browser.submit(form, { email, password: '' })).status).toBe(422);
    expect(await bed.inbox(email)).toEqual([]);
  });

  it('reset a forgotten password', async () => {
    const email = await registered(bed);
    const sent = await browser.submit(await browser.open('/forgot-password'), { email });
    expect(sent.text).toContain(email);
    const form = await browser.open(await lastLink(email));
    const refused = await browser.submit(form, { password: 'short' });
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('15 characters')]);
    const done = await browser.submit(refused, { password: OTHER_PASSWORD });
    expect([done.status, done.text]).toEqual([200, expect.stringContaining('Password changed')]);
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
    expect((await browser.open(form.url)).status).toBe(410);
  });

  it('lead from a new password back to the sign-in that a person came from', async () => {
    const email = await registered(bed);
    const way = '/interaction/abc';
    const asked = await browser.open(`/forgot-password?continue=${encodeURIComponent(way)}`);
    const wrong = await browser.submit(asked, { email: 'x' });
    const sent = await browser.submit(wrong, { email });
    await browser.submit(sent);
    const refused = await browser.submit(await browser.open(await lastLink(email)), {
      password: 'short',
    });
    const done = await browser.submit(refused, { password: OTHER_PASSWORD });
    expect(done.text).toContain('Password changed');
    expect(done.text).toContain(`<a class="button" href="${way}">`);
  });

  it.each([
    '//evil.example',
    '/oauth/authorize?client_id=evil',
    `/interaction/${'evil'.repeat(100)}`,
  ])('lead from a new password to no other place: %s', async (way) => {
    const email = await registered(bed);
    const evil = encodeURIComponent(way);
    const asked = await browser.open(`/forgot-password?continue=${evil}`);
    expect(asked.text).not.toContain('evil');
    await browser.submit(asked, { email, continue: way });
    const link = await lastLink(email);
    expect(link).not.toContain('evil');
    const form = await browser.open(`${link}&continue=${evil}`);
    expect(form.text).not.toContain('evil');
    const posted = { password: OTHER_PASSWORD, continue: way };
    const done = await browser.submit(form, posted);
    expect(done.text).toContain('Password changed');
    expect(done.text).not.toContain('evil');
  });

  it('give the same answer for an unknown address', async () => {
    const [known, unknown] = [await registered(bed), newAddress()];
    const pages = [];
    for (const email of [known, unknown]) {
      const { status, text } = await browser.submit(await browser.open('/forgot-password'), {
        email,
      });
      pages.push([status, text.replaceAll(email, 'ADDRESS')]);
    }
    expect(pages[0]).toEqual(pages[1]);
    expect(
      (await browser.submit(await browser.open('/forgot-password'), { email: 'x' })).status,
    ).toBe(422);
  });

  it('make the first administrator', async () => {
    const taken = await registered(bed);
    const link = await bed.app.get(FirstAdministratorService, { strict: false }).link();
    const form = await browser.open(link!);
    const conflict = await browser.submit(form, { email: taken, password: OTHER_PASSWORD });
    expect([conflict.status, conflict.text]).toEqual([
      422,
      expect.stringContaining('This email address already has an account. Enter its password.'),
    ]);
    const email = newAddress();
    const weak = await browser.submit(conflict, { email, password: 'password1234567' });
    expect([weak.status, weak.text]).toEqual([
      422,
      expect.stringContaining('Choose a different password.'),
    ]);
    expect((await browser.submit(weak, { email, password: '' })).status).toBe(422);
    const done = await browser.submit(weak, { email, password: PASSWORD });
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining('Administrator created'),
    ]);
    expect((await logIn(bed, email)).status).toBe(200);
    expect((await browser.open(link!)).status).toBe(410);
  });

  it.each(['/verify-email', '/reset-password', '/setup'])(
    'show at %s that a link is none',
    async (path) => {
      for (const query of [
        '',
        '?token=',
        '?token=pot_x&token=pot_y',
        `?token=${'x'.repeat(300)}`,
      ]) {
        const page = await browser.open(path + query);
        expect([page.status, page.text]).toEqual([410, expect.stringContaining('link_invalid')]);
      }
    },
  );

  it.each([
    ['/register', { email: 'a@example.com', password: PASSWORD }],
    ['/verify-email', { token: 'pot_x' }],
    ['/resend-verification', { email: 'a@example.com' }],
    ['/forgot-password', { email: 'a@example.com' }],
    ['/reset-password', { token: 'pot_x', password: PASSWORD }],
    ['/setup', { token: 'pot_x', email: 'a@example.com', password: PASSWORD }],
  ])('take no form at %s from another site', async (path, fields) => {
    const foreign: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: bed.url },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      const body = new URLSearchParams(fields);
      const response = await fetch(new URL(path, bed.url), { method: 'POST', headers, body });
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining('cross_site_request'),
      ]);
    }
    expect(await bed.inbox('a@example.com')).toEqual([]);
  });

  it.each([
    ['/api/v1/auth/register', { email: 'a@example.com', password: PASSWORD }],
    ['/API/v1/auth/register', { email: 'a@example.com', password: PASSWORD }],
    ['/api/v1/auth/forgot-password', { email: 'a@example.com' }],
    ['/api/v1/auth/resend-verification', { email: 'a@example.com' }],
    ['/api/v1/auth/login', { identifier: 'a@example.com', password: PASSWORD }],
    ['/api/token', { identifier: 'a@example.com', password: PASSWORD }],
  ])('are the only takers of forms: %s takes JSON', async (path, fields) => {
    const foreign = { origin: 'https://evil.example' };
    const multipart = new FormData();
    for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
    for (const body of [new URLSearchParams(fields), multipart, JSON.stringify(fields)]) {
      const init = { method: 'POST', headers: foreign, body };
      const response = await fetch(new URL(path, bed.url), init);
      expect(response.status).toBe(415);
      await expect(response.json()).resolves.toMatchObject({ code: 'unsupported_media_type' });
    }
    expect(await bed.inbox('a@example.com')).toEqual([]);
  });

  it('lead back to the flow that a person came from, and to no other site', async () => {
    const way = '/interaction/abc';
    const page = await browser.open(`/register?continue=${encodeURIComponent(way)}`);
    expect(page.text).toContain(`href="${way}"`);
    expect(page.forms[0]?.fields['continue']).toBe(way);
    const again = await browser.submit(page, { email: 'x' });
    expect(again.text).toContain(`href="${way}"`);
    for (const evil of [
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      'https://a@evil.example',
    ]) {
      const { text } = await browser.open(`/register?continue=${encodeURIComponent(evil)}`);
      expect(text).not.toContain('evil');
      expect((await browser.submit(page, { email: 'x', continue: evil })).text).not.toContain(
        'evil',
      );
    }
  });
});
