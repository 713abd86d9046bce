import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FirstAdministratorService } from '../../../apps/auth-server/src/sign-in/setup/first-administrator.service.js';
import { logIn, newAddress, OTHER_PASSWORD, PASSWORD, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { type Page, UserAgent } from '../support/user-agent.js';

type Fields = Readonly<Record<string, string>>;

const AT_ONCE = 'at the same time';
const ORDERS = [AT_ONCE, 'one after another'] as const;

describe.each(STORAGES)('a form that is posted twice on %s', (storage) => {
  let bed: PlatformBed;
  let browser: UserAgent;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    browser = new UserAgent(bed.url);
  });
  afterAll(() => bed.close());

  const lastLink = async (address: string) =>
    /http\S+/.exec((await bed.inbox(address)).at(-1)?.text ?? '')?.[0] ?? '';

  const twice = async (order: string, page: Page, fields: Fields = {}): Promise<Page[]> => {
    const post = () => browser.submit(page, fields);
    return order === AT_ONCE ? Promise.all([post(), post()]) : [await post(), await post()];
  };

  /** Expects the same page from both posts, apart from the ids of its forms. */
  const expectSamePage = (pages: readonly Page[], sentence: string) => {
    const texts = pages.map(({ text }) => text.replaceAll(/name="form_id" value="[\w-]+"/g, ''));
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    expect(texts[0]).toContain(sentence);
    expect(texts[1]).toBe(texts[0]);
  };

  const sentForm = async (email: string): Promise<Page> => {
    await browser.submit(await browser.open('/register'), { email, password: PASSWORD });
    return browser.open(await lastLink(email));
  };

  const resetForm = async (email: string): Promise<Page> => {
    await browser.submit(await browser.open('/forgot-password'), { email });
    return browser.open(await lastLink(email));
  };

  describe.each(ORDERS)('%s', (order) => {
    it('registers once: one mail, and the password counts', async () => {
      const email = newAddress();
      const page = await browser.open('/register');
      expectSamePage(await twice(order, page, { email, password: PASSWORD }), email);
      expect(await bed.inbox(email)).toHaveLength(1);
      await browser.submit(await browser.open(await lastLink(email)));
      expect((await logIn(bed, email)).status).toBe(200);
    });

    it('reminds the owner of a known address once', async () => {
      const email = await registered(bed);
      const before = (await bed.inbox(email)).length;
      const page = await browser.open('/register');
      expectSamePage(await twice(order, page, { email, password: PASSWORD }), email);
      expect(await bed.inbox(email)).toHaveLength(before + 1);
    });

    it('confirms an address', async () => {
      const email = newAddress();
      expectSamePage(await twice(order, await sentForm(email)), 'Email address confirmed');
      expect((await logIn(bed, email)).status).toBe(200);
    });

    it('confirms an address that was registered by several', async () => {
      const email = newAddress();
      await sentForm(email);
      expectSamePage(await twice(order, await sentForm(email)), 'Choose a password next');
      const subjects = (await bed.inbox(email)).map(({ subject }) => subject);
      expect(subjects.filter((subject) => subject === 'Choose your password')).toHaveLength(1);
    });

    it('sets a new password', async () => {
      const email = await registered(bed);
      const pages = await twice(order, await resetForm(email), { password: OTHER_PASSWORD });
      expectSamePage(pages, 'Password changed');
      expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
    });

    it('asks for a link, of which the one in the last mail works', async () => {
      const email = await registered(bed);
      const page = await browser.open('/forgot-password');
      expectSamePage(await twice(order, page, { email }), email);
      const done = await browser.submit(await browser.open(await lastLink(email)), {
        password: OTHER_PASSWORD,
      });
      expect(done.text).toContain('Password changed');
    });
  });

  it('changes no password if the second one differs, and says so', async () => {
    const email = await registered(bed);
    const page = await resetForm(email);
    await browser.submit(page, { password: OTHER_PASSWORD });
    const other = await browser.submit(page, { password: PASSWORD });
    expect([other.status, other.text]).toEqual([410, expect.stringContaining('link_invalid')]);
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
  });

  it('registers again if a field differs', async () => {
    const email = newAddress();
    const page = await browser.open('/register');
    await browser.submit(page, { email, password: PASSWORD });
    await browser.submit(page, { email, password: OTHER_PASSWORD });
    expect(await bed.inbox(email)).toHaveLength(2);
  });

  it('is another form in another browser, which learns nothing from a used token', async () => {
    const email = newAddress();
    const page = await sentForm(email);
    const stranger = new UserAgent(bed.url);
    const strangers = await stranger.open(page.url);
    await browser.submit(page);
    for (const fields of [{}, { form_id: '' }, { form_id: 'x'.repeat(43) }]) {
      const answer = await stranger.submit(strangers, fields);
      expect([answer.status, answer.text]).toEqual([410, expect.stringContaining('link_invalid')]);
      expect(answer.text).not.toContain(email);
    }
  });

  it('is answered with the error after a minute', async () => {
    const confirmation = await sentForm(newAddress());
    const reset = await resetForm(await registered(bed));
    await browser.submit(confirmation);
    await browser.submit(reset, { password: OTHER_PASSWORD });
    bed.clock.advance(61);
    expect((await browser.submit(confirmation)).status).toBe(410);
    expect((await browser.submit(reset, { password: OTHER_PASSWORD })).status).toBe(410);
  });

  it('makes the first administrator once', async () => {
    for (const order of ORDERS) {
      const other = await PlatformBed.start({ storage });
      try {
        const link = await other.app.get(FirstAdministratorService, { strict: false }).link();
        const operator = new UserAgent(other.url);
        const page = await operator.open(link!);
        const post = () => operator.submit(page, { email: 'root@example.com', password: PASSWORD });
        const pages =
          order === AT_ONCE ? await Promise.all([post(), post()]) : [await post(), await post()];
        expectSamePage(pages, 'Administrator created');
      } finally {
        await other.close();
      }
    }
  });
});
