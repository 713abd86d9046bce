import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignInBed } from './sign-in-bed.js';
import { SmallBrowser } from './small-browser.js';

const SESSION = 'clinic_session';
const ATTEMPT = 'clinic_sign_in';

describe('signing in under attack', () => {
  let bed: SignInBed;
  let browser: SmallBrowser;

  beforeAll(async () => {
    bed = await SignInBed.start();
  });

  beforeEach(() => {
    bed.issuer.person = 'ana';
    bed.issuer.audience = undefined;
    bed.issuer.exchanges = 0;
    browser = new SmallBrowser();
  });

  afterAll(() => bed.close());

  /** The name of the cookie of the only attempt. */
  const attemptIn = ({ clinicCookies }: SmallBrowser): string =>
    clinicCookies.find((name) => name.startsWith(ATTEMPT)) ?? ATTEMPT;

  async function expectRefused(callback: URL, problem = 'refused'): Promise<void> {
    expect(await bed.finish(browser, callback)).toBe(`${bed.url}/?problem=${problem}`);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect((await browser.send(`${bed.url}/patients`)).status).toBe(401);
  }

  it.each([
    ['another state', (callback: URL) => callback.searchParams.set('state', 'another')],
    ['no state', (callback: URL) => callback.searchParams.delete('state')],
    ['the state first of two', (callback: URL) => callback.searchParams.append('state', 'x')],
  ])('takes an answer with %s for no attempt, and presents no code', async (_name, change) => {
    const callback = await bed.toCallback(browser);
    const changed = new URL(callback);
    change(changed);
    await expectRefused(changed, 'not_started');
    expect(bed.issuer.exchanges).toBe(0);
    if (changed.searchParams.getAll('state').length === 2) return;
    expect(await bed.finish(browser, callback)).toBe(`${bed.url}/`);
  });

  it.each([
    [
      'the iss of another issuer',
      ({ searchParams }: URL) => searchParams.set('iss', 'https://evil.example'),
    ],
    ['no iss', ({ searchParams }: URL) => searchParams.delete('iss')],
    ['no code', ({ searchParams }: URL) => searchParams.delete('code')],
    ['two codes', ({ searchParams }: URL) => searchParams.append('code', 'another')],
  ])('refuses an answer with %s, and presents no code', async (_name, change) => {
    const callback = await bed.toCallback(browser);
    change(callback);
    await expectRefused(callback);
    expect(browser.clinicCookies).toEqual([]);
    expect(bed.issuer.exchanges).toBe(0);
  });

  it('lets an untouched answer in, so that it is the change that was refused', async () => {
    const callback = await bed.toCallback(browser);
    expect(await bed.finish(browser, callback)).toBe(`${bed.url}/`);
    expect(bed.issuer.exchanges).toBe(1);
  });

  it('refuses a repeated callback', async () => {
    const callback = await bed.toCallback(browser);
    const again = new SmallBrowser();
    for (const [name, value] of browser.cookies) again.cookies.set(name, value);
    await bed.finish(browser, callback);
    browser.cookies.delete(SESSION);
    await expectRefused(callback, 'not_started');
    expect(bed.issuer.exchanges).toBe(1);
    browser = again;
    await expectRefused(callback);
    expect(bed.issuer.exchanges).toBe(2);
  });

  it('gives one of many callbacks at once a session', async () => {
    const callback = await bed.toCallback(browser);
    const name = attemptIn(browser);
    const cookie = browser.cookies.get(name) ?? '';
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => {
        const one = new SmallBrowser();
        one.cookies.set(name, cookie);
        return bed.finish(one, callback).then(() => one.cookies.has(SESSION));
      }),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('accepts a code only from the browser that started', async () => {
    const victim = new SmallBrowser();
    const callback = await bed.toCallback(browser);
    browser = victim;
    await expectRefused(callback, 'not_started');
    expect(bed.issuer.exchanges).toBe(0);
  });

  it('refuses the code of another person in its own sign-in', async () => {
    const evil = new SmallBrowser();
    bed.issuer.person = 'eve';
    const stolen = (await bed.toCallback(evil)).searchParams.get('code') ?? '';
    bed.issuer.person = 'ana';
    const callback = await bed.toCallback(browser);
    callback.searchParams.set('code', stolen);
    await expectRefused(callback);
  });

  it('starts over if there are two cookies', async () => {
    const callback = await bed.toCallback(browser);
    const name = attemptIn(browser);
    const planted = `${name}=${browser.cookies.get(name)}; ${name}=x.y.z`;
    browser.cookies.clear();
    const { headers } = await browser.send(callback.href, { headers: { Cookie: planted } });
    expect(headers.get('Location')).toBe(`${bed.url}/?problem=not_started`);
  });

  it.each(['x', 'a.b', 'a.b.c.d', '..', '%00', 'a.b.'])(
    'takes %j for no attempt',
    async (value) => {
      const callback = await bed.toCallback(browser);
      browser.cookies.set(attemptIn(browser), value);
      await expectRefused(callback, 'not_started');
    },
  );

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example/',
    'https:evil.example',
    'evil.example',
    '@evil.example',
    'javascript:alert(1)',
    '/'.repeat(2_000),
  ])('comes back to its own page where return is %j', async (path) => {
    const start = `/sign-in?return=${encodeURIComponent(path)}`;
    expect(await bed.signIn(browser, start)).toBe(`${bed.url}/`);
  });

  it.each(['/.//evil.example', '/a/..//evil.example', '/%2f/evil.example'])(
    'stays at home for return=%j, which is a strange path',
    async (path) => {
      const start = `/sign-in?return=${encodeURIComponent(path)}`;
      expect(await bed.signIn(browser, start)).toMatch(new RegExp(`^${bed.url}/`));
    },
  );

  it('does not trust the path in a changed cookie', async () => {
    const callback = await bed.toCallback(browser);
    const name = attemptIn(browser);
    const [nonce, verifier] = (browser.cookies.get(name) ?? '').split('.');
    const evil = Buffer.from('@evil.example/').toString('base64url');
    browser.cookies.set(name, [nonce, verifier, evil].join('.'));
    expect(await bed.finish(browser, callback)).toBe(`${bed.url}/`);
  });

  it('gives no browser a token for another audience', async () => {
    bed.issuer.audience = 'https://another-api.example';
    await expectRefused(await bed.toCallback(browser));
    expect(await bed.members.membershipsOf({ issuer: bed.issuer.url, id: 'nobody' })).toEqual([]);
  });

  it('refuses a cookie with a token for another audience, or with none', async () => {
    await bed.signIn(browser);
    const own = browser.cookies.get(SESSION) ?? '';
    expect((await browser.send(`${bed.url}/patients`)).status).toBe(200);
    for (const value of ['x', `${own.slice(0, -4)}AAAA`]) {
      browser.cookies.set(SESSION, value);
      expect((await browser.send(`${bed.url}/patients`)).status).toBe(401);
    }
  });

  it.each(['https://evil.example', 'null', 'http://localhost', undefined])(
    'signs nobody out for the origin %s',
    async (origin) => {
      await bed.signIn(browser);
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      const response = await browser.send(`${bed.url}/sign-out`, { method: 'POST', headers });
      expect(response.status).toBe(403);
      expect(JSON.parse(await response.text())).toMatchObject({ code: 'csrf_rejected' });
      expect(browser.cookies.has(SESSION)).toBe(true);
    },
  );

  it('answers with a sentence while the issuer is away', async () => {
    const gone = await SignInBed.start();
    await gone.issuer.close();
    const { headers } = await browser.send(`${gone.url}/sign-in`);
    expect(headers.get('Location')).toBe(`${gone.url}/?problem=unavailable`);
    await gone.close();
  });
});

describe('signing in without enrolment', () => {
  it('knows the person, and gives them no clinic', async () => {
    const bed = await SignInBed.start({ enrols: false });
    const browser = new SmallBrowser();
    expect(await bed.signIn(browser)).toBe(`${bed.url}/`);
    const me = await browser.send(`${bed.url}/me`);
    expect(JSON.parse(await me.text())).toMatchObject({ id: 'ana', tenant: null, roles: [] });
    expect((await browser.send(`${bed.url}/patients`)).status).toBe(403);
    expect(await bed.members.membershipsOf({ issuer: bed.issuer.url, id: 'ana' })).toEqual([]);
    await bed.close();
  });
});
