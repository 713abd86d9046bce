import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../../environment/services.js';
import { SignInBed } from '../sign-in/sign-in-bed.js';
import { BROWSER_ARGS } from './page-under-test.js';

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

describeInBrowser('the page with the sign-in', () => {
  let bed: SignInBed;
  let browser: Browser;

  beforeAll(async () => {
    bed = await SignInBed.start();
    const executablePath = chromiumPath();
    browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(executablePath && { executablePath }),
    });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await bed.close();
  });

  it.each([
    ['signing out', '/?state=signed_out', 'You are signed out.'],
    ['a cancelled sign-in', '/?problem=cancelled', 'The sign-in was cancelled.'],
    ['a refused sign-in', '/?problem=refused', 'The sign-in could not be verified.'],
  ])('says after %s how it ended, once, and offers to sign in', async (_what, path, sentence) => {
    const page = await browser.newPage();
    await page.goto(bed.url + path);
    await page.getByText(sentence).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${bed.url}/`);
    await page.reload();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.getByText(sentence).isVisible()).toBe(false);
    await page.close();
  });

  it('offers to sign in without JavaScript', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(bed.url);
    expect(await page.getByText('One moment').isVisible()).toBe(false);
    const [asked] = await Promise.all([
      page.waitForRequest('**/sign-in'),
      page.getByRole('link', { name: 'Sign in' }).click(),
    ]);
    const response = await asked.response();
    expect(response?.headers()['location']).toContain('code_challenge=');
    await page.close();
  });

  it('is one click away from an unknown address', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${bed.url}/nothing/here`);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    expect(complaints).toEqual([expect.stringContaining('status of 404')]);
    await page.getByRole('link', { name: 'Go to the clinic' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.close();
  });
});
