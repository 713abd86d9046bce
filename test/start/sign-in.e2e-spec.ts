import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../environment/services.js';
import { RunningClinics } from '../sample/support/running-clinics.js';
import { RunningStart } from './running-start.js';

const ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';
const ANA = { email: 'ana@example.com', name: 'Ana Prado', password: 'un tejado verde con gatos' };
const REFUSED = /^Failed to load resource: .* status of 40[13] /;

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

jest.setTimeout(120_000);

/**
 * Follows a person from a first visit to the patients and out again: the two applications of
 * `npm start`.
 */
describeInBrowser('signing in with a browser', () => {
  const complaints: string[] = [];
  let folder: string;
  let both: RunningStart;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await RunningClinics.build();
    folder = mkdtempSync(join(tmpdir(), 'patronus-start-'));
    both = await RunningStart.on(folder);
    const executablePath = chromiumPath();
    browser = await chromium.launch({
      args: ARGS.split(' '),
      ...(executablePath && { executablePath }),
    });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (!REFUSED.test(message.text())) complaints.push(message.text());
    });
    await both.ready();
  }, 240_000);

  afterAll(async () => {
    await browser.close();
    await both.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const open = (name: string) => page.getByRole('link', { name, exact: true }).click();
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);

  async function ask(route: string): Promise<string | null> {
    await page.locator(`button[data-route="${route}"]`).click();
    await page.locator('.asked', { hasText: route.split(' ')[1] ?? '' }).waitFor();
    return page.locator('#status').textContent();
  }

  it('knows nobody at first', async () => {
    await page.goto(both.sampleUrl);
    await page.getByText('You are not signed in.').waitFor();
    expect(await ask('GET /patients')).toBe('401');
  });

  it('leads to the platform, where an account is made', async () => {
    await open('Sign in');
    await page.waitForURL(`${both.platformUrl}/**`);
    await open('Create an account');
    await fill('Email address', ANA.email);
    await fill('Name (optional)', ANA.name);
    await fill('Password', ANA.password);
    await press('Create account');
    await page.getByRole('heading', { name: /inbox/i }).waitFor();
  });

  it('confirms the address with the mail', async () => {
    await page.goto(`${both.platformUrl}/dev/mail`);
    await page.locator('.mails a').first().click();
    await page.locator('.mail-text a').first().click();
    await press('Confirm email address');
    await page.getByRole('heading', { name: 'Email address confirmed' }).waitFor();
  });

  it('signs in, and shows the patients of the clinic', async () => {
    await page.goto(both.sampleUrl);
    await open('Sign in');
    await page.waitForURL(`${both.platformUrl}/**`);
    await fill('Email address or username', ANA.email);
    await fill('Password', ANA.password);
    await press('Sign in');
    await page.waitForURL(`${both.sampleUrl}/`);
    await page.getByText(/^You are signed in as .+, as receptionist of clinica-norte\.$/).waitFor();
    expect(await ask('GET /patients')).toBe('200');
    expect(await page.locator('#details').textContent()).toContain('Ana Ruiz');
    expect(await ask('POST /appointments/norte-1/cancel')).toBe('200');
    expect(await ask('GET /staff')).toBe('403');
  });

  it('is nobody where it asks as nobody, and none of the other clinic', async () => {
    await page.getByRole('radio', { name: 'nobody' }).check({ force: true });
    expect(await ask('GET /patients')).toBe('401');
    await page.getByRole('radio', { name: 'you' }).check({ force: true });
    await page.getByRole('radio', { name: 'sur' }).check({ force: true });
    expect(await ask('GET /appointments')).toBe('403');
    expect(await page.locator('#code').textContent()).toBe('tenant_mismatch');
  });

  it('hides the token from scripts', async () => {
    expect(await page.evaluate('document.cookie')).toBe('');
    const cookies = await page.context().cookies(both.sampleUrl);
    expect(cookies.find(({ name }) => name === 'clinic_session')).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    });
  });

  it('comes back without a password while the platform knows the browser', async () => {
    await page.context().clearCookies({ name: 'clinic_session' });
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
    await open('Sign in');
    await page.getByText(/^You are signed in as/).waitFor();
  });

  it('signs out here and there', async () => {
    await press('Sign out');
    await page.waitForURL(`${both.platformUrl}/oauth/logout**`);
    await press('Sign out');
    await page.waitForURL(`${both.sampleUrl}/`);
    await page.getByText('You are not signed in.').waitFor();
    expect(await ask('GET /patients')).toBe('401');
    await open('Sign in');
    await page.getByLabel('Email address or username').waitFor();
  });

  it('says what happened to who gives up', async () => {
    await press('Cancel');
    await page.waitForURL(`${both.sampleUrl}/`);
    await page.getByRole('alert').filter({ hasText: 'The sign-in was cancelled' }).waitFor();
  });

  it('leaves the browser nothing to complain of', () => {
    expect(complaints).toEqual([]);
  });
});
