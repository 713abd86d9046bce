import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logIn, newAddress, OTHER_PASSWORD, PASSWORD, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('the pages of links that do not work, on %s,', (storage) => {
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

  it.each([
    ['/verify-email', 'action="/resend-verification"', /to get a new link/, /un enlace nuevo/],
    ['/setup', 'class="button" href="/"', /restart the server/, /reinicia el servidor/],
    ['/setup/', 'class="button" href="/"', /restart the server/, /reinicia el servidor/],
    ['/reset-password', 'href="/forgot-password"', /Request a new one/, /Solicita uno nuevo/],
  ])('lead from a false link of %s to %s', async (path, next, sentence, oracion) => {
    const dead = await browser.open(`${path}?token=pot_x`);
    expect([dead.status, dead.text]).toEqual([410, expect.stringMatching(sentence)]);
    expect(dead.text).toContain('<h1>This link is not valid</h1>');
    expect(dead.text).toContain(next);
    expect(dead.text.includes('href="/forgot-password"')).toBe(path === '/reset-password');
    const spanish = await browser.open(`${path}?ui_locales=es`);
    expect([spanish.status, spanish.text]).toEqual([410, expect.stringMatching(oracion)]);
  });

  const kinds: readonly [string, () => Promise<string>, Record<string, string>, number][] = [
    [
      '/verify-email',
      async () => {
        const email = newAddress();
        await browser.submit(await browser.open('/register'), { email, password: PASSWORD });
        return lastLink(email);
      },
      {},
      24 * 60,
    ],
    [
      '/reset-password',
      async () => {
        const email = await registered(bed);
        await browser.submit(await browser.open('/forgot-password'), { email });
        return lastLink(email);
      },
      { password: OTHER_PASSWORD },
      60,
    ],
  ];

  it.each(kinds)('tell a used link of %s from an expired one', async (_, linkOf, typed, life) => {
    const used = await linkOf();
    expect((await browser.submit(await browser.open(used), typed)).status).toBe(200);
    const again = await browser.open(used);
    expect([again.status, again.text]).toEqual([
      410,
      expect.stringContaining('<h1>This link was already used</h1>'),
    ]);
    const late = await linkOf();
    bed.clock.advance(life * 60);
    const expired = await browser.open(late);
    expect([expired.status, expired.text]).toEqual([
      410,
      expect.stringContaining('<h1>This link has expired</h1>'),
    ]);
    for (const page of [again, expired]) expect(page.text).toMatch(/class="button"|<form/);
  });

  it('send a new link in place of one that has expired', async () => {
    const email = newAddress();
    await browser.submit(await browser.open('/register'), { email, password: PASSWORD });
    bed.clock.advance(24 * 60 * 60);
    const expired = await browser.open(await lastLink(email));
    expect((await browser.submit(expired, { email })).text).toContain(email);
    const done = await browser.submit(await browser.open(await lastLink(email)), {
      password: PASSWORD,
    });
    expect([done.status, (await logIn(bed, email)).status]).toEqual([200, 200]);
  });
});
