import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../../environment/services.js';
import { PagesBrowser } from './pages-browser.js';
import { PagesUnderTest } from './pages-under-test.js';

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

const VALUES: Readonly<Record<string, string>> = {
  email: 'ana@example.com',
  password: 'four words "and" <a> sign',
};

interface Focused {
  readonly tag: string;
  readonly name: string;
  readonly type: string;
  readonly outline: string;
}

const focused = (page: Page) => page.evaluate<Focused>('inDocument.focused()');

describeInBrowser('the pages in a browser', () => {
  let server: PagesUnderTest;
  let browser: PagesBrowser;
  let page: Page;

  beforeAll(async () => {
    server = await PagesUnderTest.start();
    browser = await PagesBrowser.open();
    page = await browser.page({ viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' });
  }, 60_000);

  beforeEach(() => {
    browser.complaints.length = 0;
    server.submissions.length = 0;
  });

  afterEach(() => {
    expect(browser.complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  describe.each(PagesUnderTest.names)('%s', (name) => {
    it.each(['light', 'dark'] as const)('can be read, in %s colours', async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${server.url}/pages/plain/${name}`);
      for (const fault of ['brokenReferences', 'faintTexts', 'movingParts']) {
        expect(await page.evaluate(`inDocument.${fault}()`)).toEqual([]);
      }
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    });

    it('fits into 320 pixels, with text of twice the size too', async () => {
      await page.goto(`${server.url}/pages/long/${name}`);
      expect(await page.evaluate('inDocument.width()')).toBe(320);
      await page.evaluate('inDocument.enlargeText()');
      expect(await page.evaluate('inDocument.width()')).toBe(320);
    });
  });

  it.each(PagesUnderTest.forms)('takes %s by keyboard alone', async (name) => {
    await page.goto(`${server.url}/pages/plain/${name}`);
    const fields = await page.evaluate<string[]>('inDocument.fieldsOfFirstForm()');
    const typed: Record<string, string> = {};
    let at = await focused(page);
    for (let presses = 0; at.type !== 'submit' && presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      at = await focused(page);
      expect(at).toMatchObject({ outline: '3px' });
      if (at.tag === 'INPUT') {
        typed[at.name] = VALUES[at.name] ?? `the ${at.name}`;
        await page.keyboard.insertText(typed[at.name]!);
      }
    }
    await Promise.all([page.waitForURL('**/submitted'), page.keyboard.press('Enter')]);
    expect(server.submissions).toHaveLength(1);
    const { body } = server.submissions[0]!;
    expect(body).toMatchObject(typed);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(fields));
  });

  it('asks again for what must not be empty, without a script', async () => {
    await page.goto(`${server.url}/pages/plain/sign-in`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await focused(page)).toMatchObject({ name: 'identifier' });
    expect(server.submissions).toEqual([]);
  });

  it('shows a password on demand, and hides it before the form is sent', async () => {
    await page.goto(`${server.url}/pages/plain/sign-in`);
    const password = page.getByLabel('Password', { exact: true });
    await password.fill(VALUES['password']!);
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    expect(await password.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Show password' }).click();
    await page.evaluate(
      "document.forms[0].addEventListener('submit', (sent) => { sent.preventDefault(); })",
    );
    await page.getByLabel('Email address or username').fill('ana');
    await page.keyboard.press('Enter');
    expect(await password.getAttribute('type')).toBe('password');
  });

  it('offers no such button without scripts', async () => {
    const plain = await browser.page({ javaScriptEnabled: false });
    await plain.goto(`${server.url}/pages/plain/sign-in`);
    expect(await plain.getByRole('button').allTextContents()).toEqual(['Sign in']);
    await plain.close();
  });

  it('moves the focus to the summary of errors', async () => {
    for (const name of PagesUnderTest.names.filter((one) => one.endsWith('-refused'))) {
      await page.goto(`${server.url}/pages/plain/${name}`);
      await page.waitForFunction("document.activeElement.getAttribute('role') === 'alert'");
    }
  });

  it('leads from an error to its field', async () => {
    await page.goto(`${server.url}/pages/plain/register-refused`);
    expect(await page.getByRole('meter', { name: 'Strength: weak' }).count()).toBe(1);
    await page
      .getByRole('alert')
      .getByRole('link', { name: 'Choose a different password.' })
      .click();
    expect(await focused(page)).toMatchObject({ name: 'password' });
  });
});
