import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import * as client from 'openid-client';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { OAuthBed, PASSWORD, type Person } from '../support/oauth-bed.js';
import { accept, ask } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';
import { answer, attack, BEHIND_PROXY, codeMailedTo } from './networks.js';

const CLIENT_OF_PASSWORDS = {
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials', 'password'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid read',
};

describe.each(STORAGES)('a name with too many failures on %s', (storage) => {
  let bed: OAuthBed;
  let own: client.Configuration;
  beforeAll(async () => {
    bed = await OAuthBed.start({ storage, ...BEHIND_PROXY });
    own = await bed.relyingParty('own');
  });
  afterAll(() => bed.close());

  async function attacked(): Promise<Person> {
    const person = await bed.person();
    await attack(bed.platform, person.email);
    return person;
  }

  /** Opens the sign-in page of a fresh browser, and posts a name and a password there. */
  async function signIn(identifier: string, password: string) {
    const browser = bed.browser();
    const { page, checks } = await ask(own, browser);
    return { browser, checks, page: await browser.submit(page, { identifier, password }) };
  }
  const wrongFor = (code: string) => (code === '000000' ? '111111' : '000000');

  it('is asked for a code on the page, without JavaScript, and gets to the application', async () => {
    const { email, id } = await attacked();
    const { browser, checks, page } = await signIn(email, PASSWORD);
    expect(page.status).toBe(200);
    expect(page.text).toContain('autocomplete="one-time-code"');
    expect(page.url.search).toBe('');
    const code = await codeMailedTo(bed.platform, email);
    const refused = await browser.submit(page, { code: wrongFor(code) });
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('This code is wrong.');
    const back = await accept(browser, await browser.submit(refused, { code }), email);
    const tokens = await client.authorizationCodeGrant(own, back.url, checks);
    expect(tokens.claims()).toMatchObject({ sub: id });
    const [session] = await bed.db.select().from(sessions).where(eq(sessions.accountId, id));
    expect(session?.methods).toEqual(['pwd', 'email']);
    const { page: again } = await ask(own, browser, { prompt: 'login' });
    const known = await browser.submit(again, { identifier: email, password: PASSWORD });
    expect(known.url.origin).toBe('https://app.example.com');
  });

  it('gets the same page for a wrong password, and for a name that nobody has', async () => {
    const { email } = await attacked();
    const unknown = `nobody-${Date.now()}@example.com`;
    await attack(bed.platform, unknown);
    const pageOf = async (name: string, password: string) => {
      const { page } = await signIn(name, password);
      const fixed = page.text
        .replaceAll(/pch_[\w-]+/g, 'T')
        .replaceAll(/interaction\/[\w-]+/g, 'I');
      return [page.status, fixed.replaceAll(/interaction%2F[\w-]+/g, 'I')];
    };
    const right = await pageOf(email, PASSWORD);
    expect(await pageOf(email, 'wrong')).toEqual(right);
    expect(await pageOf(unknown, 'wrong')).toEqual(right);
  });

  it('needs a code of this very sign-in, and starts again after five wrong ones', async () => {
    const { email } = await attacked();
    const [first, second] = [await signIn(email, PASSWORD), await signIn(email, PASSWORD)];
    const code = await codeMailedTo(bed.platform, email);
    const { challenge = '' } = second.page.forms[0]?.fields ?? {};
    const elsewhere = await first.browser.submit(first.page, { code, challenge });
    expect([elsewhere.status, elsewhere.text]).toEqual([
      401,
      expect.stringContaining('Sign in again to get a new one.'),
    ]);
    expect((await answer(bed.platform, challenge, code)).body.code).toBe('challenge_invalid');
    let { page } = second;
    for (let index = 0; index < 5; index += 1) {
      page = await second.browser.submit(page, { code: wrongFor(code) });
    }
    const last = await second.browser.submit(page, { code });
    expect(last.text).toContain('Sign in again to get a new one.');
    expect(last.forms[0]?.fields).toHaveProperty('password');
  });

  it('is sent to a browser by the password grant, whether the password is right or wrong', async () => {
    await bed.db
      .update(clients)
      .set({ passwordGrant: true, metadata: { ...CLIENT_OF_PASSWORDS, client_id: 'machine' } })
      .where(eq(clients.id, 'machine'));
    await bed.app.get(ClientsService, { strict: false }).forget(['machine']);
    const machine = await bed.relyingParty('machine');
    const { email } = await attacked();
    for (const password of [PASSWORD, 'wrong']) {
      const grant = client.genericGrantRequest(machine, 'password', {
        username: email,
        password,
        scope: 'openid',
      });
      await expect(grant).rejects.toMatchObject({
        error: 'invalid_grant',
        error_description: expect.stringContaining('in a browser'),
      });
    }
    expect((await bed.platform.inbox(email)).map(({ text }) => text).join()).not.toMatch(/\d{6}/);
  });
});
