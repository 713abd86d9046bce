import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../../environment/services.js';
import { PlatformBed } from '../support/platform-bed.js';
import { PagesBrowser } from './pages-browser.js';

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const SERIOUS: readonly unknown[] = ['serious', 'critical'];

describeInBrowser('the page of the API', () => {
  let bed: PlatformBed;
  let browser: PagesBrowser;
  let page: Page;

  beforeAll(async () => {
    bed = await PlatformBed.start();
    browser = await PagesBrowser.open();
    page = await browser.page({ bypassCSP: true, reducedMotion: 'reduce' });
    await page.addInitScript({ path: AXE });
    await page.goto(`${bed.url}/docs`);
    await page.getByText('Registers an account').waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await bed.close();
  });

  async function faults(): Promise<string[]> {
    const options = "{ resultTypes: ['violations'] }";
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${options})`);
    return violations
      .filter(({ impact }) => SERIOUS.includes(impact))
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }

  it('has no serious fault that axe finds', async () => {
    expect(await faults()).toEqual([]);
  });

  it('has none with an operation that is open', async () => {
    await page.getByText('Registers an account').click();
    await page.getByText('Try it out').waitFor();
    expect(await faults()).toEqual([]);
  });

  it('has none with the dialog of tokens', async () => {
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.getByText('Available authorizations').waitFor();
    expect(await faults()).toEqual([]);
  });

  it('opens an operation by keyboard', async () => {
    await page.reload();
    const operation = page.locator('#operations-Accounts-RegistrationController_register');
    await operation.getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await operation.getByText('Try it out').waitFor();
  });
});
