import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ADAPTERS } from '../support/clinic-under-test.js';
import { SignInBed } from './sign-in-bed.js';
import { SmallBrowser } from './small-browser.js';

describe.each(ADAPTERS)('signing in on %s', (adapter) => {
  let bed: SignInBed;
  let browser: SmallBrowser;

  beforeAll(async () => {
    bed = await SignInBed.start({ adapter });
  });

  beforeEach(() => {
    bed.issuer.person = 'ana';
    browser = new SmallBrowser();
  });

  afterAll(() => bed.close());

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await browser.send(bed.url + path, { headers });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  it('asks the issuer for a code, with PKCE, state, nonce and the audience', async () => {
    const { headers } = await browser.send(`${bed.url}/sign-in`);
    const { origin, searchParams } = new URL(headers.get('Location') ?? '');
    expect(origin).toBe(bed.issuer.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'sample',
      redirect_uri: `${bed.url}/sign-in/callback`,
      response_type: 'code',
      scope: 'openid profile email',
      resource: bed.url,
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^clinic_sign_in-[\w-]{43}=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it('leads to the patients of the clinic', async () => {
    expect((await get('/patients')).status).toBe(401);
    expect(await bed.signIn(browser)).toBe(`${bed.url}/`);
    expect(browser.clinicCookies).toEqual(['clinic_session']);
    const { status, body } = await get('/patients');
    expect(status).toBe(200);
    expect(body).toContainEqual({ id: 'ana-ruiz', name: 'Ana Ruiz', born: '1984-02-29' });
    expect((await get('/me')).body).toMatchObject({
      id: 'ana',
      tenant: 'clinica-norte',
      roles: ['receptionist'],
      platformRoles: [],
    });
  });

  it('lets a receptionist do what receptionists may, and no more', async () => {
    await bed.signIn(browser);
    expect((await get('/appointments')).status).toBe(200);
    expect(await get('/staff')).toMatchObject({ status: 403, body: { code: 'role_denied' } });
    expect(await get('/audit')).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });

  it('keeps the other clinic closed', async () => {
    await bed.signIn(browser);
    expect(await get('/patients', { 'x-empresa-id': 'clinica-sur' })).toMatchObject({
      status: 403,
      body: { code: 'tenant_mismatch' },
    });
    expect((await get('/patients', { 'x-empresa-id': 'clinica-norte' })).status).toBe(200);
  });

  it('lets a member of two clinics choose, and uses the roles of the chosen one', async () => {
    await bed.join('two', 'clinica-norte', 'receptionist');
    await bed.join('two', 'clinica-sur', 'tenant-admin');
    bed.issuer.person = 'two';
    await bed.signIn(browser);
    expect(await get('/staff')).toMatchObject({ status: 403, body: { code: 'tenant_required' } });
    const norte = { 'x-empresa-id': 'clinica-norte' };
    expect(await get('/staff', norte)).toMatchObject({
      status: 403,
      body: { code: 'role_denied' },
    });
    const sur = { 'x-empresa-id': 'clinica-sur' };
    expect((await get('/staff', sur)).status).toBe(200);
    expect((await get('/me', sur)).body).toMatchObject({
      tenant: 'clinica-sur',
      roles: ['tenant-admin'],
    });
  });

  it('returns to the requested path', async () => {
    expect(await bed.signIn(browser, '/sign-in?return=/patients%3Fa=b')).toBe(
      `${bed.url}/patients?a=b`,
    );
  });

  it('signs in in two tabs, in either order', async () => {
    for (const order of [0, 1]) {
      const tabs = [
        await bed.toCallback(browser, '/sign-in?return=/patients'),
        await bed.toCallback(browser, '/sign-in?return=/staff'),
      ];
      const ends = [];
      for (const tab of order === 0 ? tabs : tabs.toReversed()) {
        ends.push(await bed.finish(browser, tab));
      }
      expect(ends.toSorted()).toEqual([`${bed.url}/patients`, `${bed.url}/staff`]);
      expect(browser.clinicCookies).toEqual(['clinic_session']);
      browser.cookies.clear();
    }
  });

  it('keeps four sign-ins that wait, the newest ones, with the longest paths', async () => {
    const path = `/${'x'.repeat(999)}`;
    const tabs = [];
    for (let tab = 0; tab < 6; tab += 1) {
      tabs.push(await bed.toCallback(browser, `/sign-in?return=${path}`));
    }
    expect(browser.clinicCookies).toHaveLength(4);
    const ends = [];
    for (const tab of tabs) ends.push(await bed.finish(browser, tab));
    const lost = `${bed.url}/?problem=not_started`;
    const home = bed.url + path;
    expect(ends).toEqual([lost, lost, home, home, home, home]);
  });

  it.each([
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['a program', 'application/json', false],
    ['a program that takes both', 'application/json, text/html;q=0.5', false],
    ['curl', '*/*', false],
    ['a program that names nothing', '', false],
  ])('answers %s at an unknown address', async (_who, accept, isPage) => {
    for (const at of ['/nothing', '/patients/x/y', '/page/nothing.css']) {
      const response = await browser.send(bed.url + at, { headers: { accept } });
      const text = await response.text();
      expect(response.status).toBe(404);
      expect(response.headers.get('Content-Type')).toMatch(isPage ? /^text\/html/ : /json/);
      if (!isPage) expect(JSON.parse(text)).toMatchObject({ statusCode: 404 });
      else expect(text).toContain('<a class="primary" href="/">');
      const policy = response.headers.get('Content-Security-Policy');
      if (isPage) expect(policy).toContain("default-src 'none'");
    }
  });

  it('explains that the person declined', async () => {
    bed.issuer.person = undefined;
    expect(await bed.signIn(browser)).toBe(`${bed.url}/?problem=cancelled`);
    expect((await get('/patients')).status).toBe(401);
  });

  it('takes the cookie in requests of its own pages only', async () => {
    await bed.signIn(browser);
    const post = async (origin: string) => {
      const url = `${bed.url}/appointments/norte-1/cancel`;
      const { status } = await browser.send(url, { method: 'POST', headers: { origin } });
      return status;
    };
    expect(await post('https://evil.example')).toBe(403);
    expect(await post('null')).toBe(403);
    expect(await post(bed.url)).toBe(200);
  });

  it('signs out here, and leads to where the session of the issuer ends', async () => {
    await bed.signIn(browser);
    const response = await browser.send(`${bed.url}/sign-out`, {
      method: 'POST',
      headers: { origin: bed.url },
    });
    expect(response.status).toBe(200);
    const { next }: { next: string } = JSON.parse(await response.text());
    const { origin, searchParams } = new URL(next);
    expect(origin).toBe(bed.issuer.url);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'sample',
      post_logout_redirect_uri: `${bed.url}/`,
      state: 'signed_out',
    });
    expect((await get('/patients')).status).toBe(401);
  });

  it('shows the page with the sign-in, under the same strict policy', async () => {
    const response = await browser.send(bed.url);
    expect(await response.text()).toContain('id="sign-in"');
    expect(response.headers.get('Content-Security-Policy')).toContain("form-action 'none'");
    expect((await get('/sign-in/offer')).body).toEqual({
      url: `${bed.url}/sign-in`,
      newcomers: 'receptionist of clinica-norte',
    });
    expect((await get('/demo/tokens')).status).toBe(404);
  });
});
