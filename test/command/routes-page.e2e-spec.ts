import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../environment/services.js';
import { run } from './run-command.js';

const CLINIC = fileURLToPath(new URL('apps/clinic.ts', import.meta.url));
const ARGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run';
const executablePath = chromiumPath();

(executablePath === undefined ? describe.skip : describe)('the page of patronus routes', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patronus-page-'));
    const file = join(folder, 'authority.html');
    const { code, stdout } = await run(['routes', '--app', `${CLINIC}#AppModule`, '--html', file]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote ${file}.\n` });
    browser = await chromium.launch({
      args: ARGS.split(' '),
      ...(executablePath !== undefined && { executablePath }),
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function cell(call: string, actor: string) {
    const head = page.getByRole('rowheader', { name: call, exact: true });
    const table = page.locator('table').filter({ has: head });
    const at = (await table.locator('thead th').allTextContents()).indexOf(actor);
    const found = table.locator('tr').filter({ has: head }).locator('th, td').nth(at);
    return [await found.getAttribute('data-may'), await found.getAttribute('title')];
  }

  it('has a cell for each call and role, with the way through the roles', async () => {
    expect(await cell('GET /health', 'everybody')).toEqual(['yes', '@public']);
    expect(await cell('GET /me', 'everybody')).toEqual(['no', 'needs a known caller']);
    expect(await cell('GET /patients', 'nurse')).toEqual([
      'yes',
      'patients.read through nurse → admin (patients.*)',
    ]);
    expect(await cell('DELETE /patients/:id', 'receptionist')).toEqual([
      'no',
      'lacks patients.erase',
    ]);
    expect(await cell('GET /either', 'auditor (platform)')).toEqual(['yes', 'auditor']);
    expect(await cell('GET /ward', 'nurse')).toEqual([
      'no',
      'lacks the role receptionist or surgeon',
    ]);
    expect((await cell('POST /patients/:id/notes', 'nurse'))[0]).toBe('depends');
    expect((await cell('GET /<b>"audit"</b>', 'admin'))[0]).toBe('no');
    expect((await cell('GET /<b>"audit"</b>', 'admin (platform)'))[0]).toBe('yes');
  });

  it('names its tables, columns and rows for those who hear them', async () => {
    expect(await page.getByRole('table', { name: 'http' }).count()).toBe(1);
    expect(await page.getByRole('columnheader', { name: 'nurse' }).count()).toBe(3);
    expect(await page.getByRole('rowheader', { name: 'GET /patients/recent' }).count()).toBe(1);
  });

  it('shows the rows that are asked for', async () => {
    await page.getByRole('searchbox', { name: 'Filter' }).fill('PATIENTS delete');
    expect(await page.locator('tbody tr:visible th').allTextContents()).toEqual([
      'DELETE /patients/:id',
    ]);
    expect(await page.locator('#shown').textContent()).toBe('1 of 17 handlers');
    await page.getByRole('searchbox').fill('');
    expect(await page.locator('tbody tr:visible').count()).toBe(17);
  });

  it('says why in the cells where that is asked for, and so on paper', async () => {
    const why = page.locator('td small', { hasText: 'lacks patients.erase' }).first();
    expect(await why.isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'Say why' }).check();
    expect(await why.isVisible()).toBe(true);
    await page.emulateMedia({ media: 'print' });
    expect(await why.isVisible()).toBe(true);
    expect(await page.locator('form').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
  });

  it('is light and dark', async () => {
    const background = () =>
      page.evaluate<string>("getComputedStyle(document.querySelector('thead th')).backgroundColor");
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
  });

  it('loads nothing, and complains of nothing', () => {
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});
