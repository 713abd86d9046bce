import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn, OTHER_PASSWORD, PASSWORD, registered, tokensOf } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('the page that changes a password on %s', (storage) => {
  let bed: PlatformBed;
  let browser: UserAgent;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    browser = new UserAgent(bed.url);
  });
  afterAll(() => bed.close());

  it('is where password managers look for it', async () => {
    const redirect = await fetch(`${bed.url}/.well-known/change-password`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/change-password']);
    const page = await browser.open('/.well-known/change-password');
    expect([page.status, page.url.pathname]).toEqual([200, '/change-password']);
    const nowhere = 'resource-that-should-not-exist-whose-status-code-should-not-be-200';
    expect((await browser.open(`/.well-known/${nowhere}`)).status).toBe(404);
    expect((await browser.open('/')).text).toContain('href="/change-password"');
  });

  it('changes the password of a person who knows the current one, and ends every session', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const form = await browser.open('/change-password');
    const known = { identifier: email, currentPassword: PASSWORD };
    const weak = await browser.submit(form, { ...known, password: 'short' });
    expect([weak.status, weak.text]).toEqual([422, expect.stringContaining('too short')]);
    expect(weak.text).not.toContain(PASSWORD);
    const done = await browser.submit(weak, { ...known, password: OTHER_PASSWORD });
    expect([done.status, done.text]).toEqual([200, expect.stringContaining('Password changed')]);
    const me = await bed.api('GET', '/api/v1/me', undefined, accessToken);
    expect(me.body.code).toBe('token_revoked');
    expect((await logIn(bed, email)).status).toBe(401);
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
  });

  it('refuses a wrong password and an unknown name alike, and locks like a sign-in', async () => {
    const email = await registered(bed);
    const form = await browser.open('/change-password');
    const answers = [];
    for (const identifier of [email, 'nobody@example.com']) {
      const typed = { identifier, currentPassword: 'wrong', password: OTHER_PASSWORD };
      const { status, text } = await browser.submit(form, typed);
      answers.push([status, text.replaceAll(identifier, 'NAME')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(401);
    const wrong = { identifier: email, currentPassword: 'wrong', password: OTHER_PASSWORD };
    for (let guess = 0; guess < 4; guess += 1) await browser.submit(form, wrong);
    const locked = await browser.submit(form, { ...wrong, currentPassword: PASSWORD });
    expect([locked.status, locked.text]).toEqual([
      429,
      expect.stringContaining('Try again in 15 minutes'),
    ]);
    expect((await logIn(bed, email)).status).toBe(429);
  });

  it('takes no form from another site, and none without its fields', async () => {
    const response = await fetch(`${bed.url}/change-password`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ identifier: 'a', currentPassword: 'b', password: 'c' }),
    });
    expect(response.status).toBe(403);
    const form = await browser.open('/change-password');
    const empty = await browser.submit(form, { identifier: '', currentPassword: '', password: '' });
    expect(empty.status).toBe(401);
  });
});
