import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { LOCALES } from '../../../apps/auth-server/src/operation/http/locale.js';
import { chromiumPath } from '../../environment/services.js';
import { PagesBrowser } from './pages-browser.js';
import { PagesUnderTest } from './pages-under-test.js';

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const WIDTHS = [390, 1280];
/** Rules whose result depends on the width or on the colours. */
const OF_STYLES = ", runOnly: ['color-contrast', 'target-size', 'scrollable-region-focusable']";
const COLORS = ['light', 'dark'] as const;
/** Folder for screenshots of the pages, for review. */
const PICTURES = process.env['PAGE_PICTURES'];

describeInBrowser('axe', () => {
  let server: PagesUnderTest;
  let browser: PagesBrowser;
  let page: Page;

  beforeAll(async () => {
    server = await PagesUnderTest.start();
    browser = await PagesBrowser.open();
    // Scripts of tests may run despite the policy of the pages.
    page = await browser.page({ reducedMotion: 'reduce', bypassCSP: true });
    await page.addInitScript({ path: AXE });
    if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function faults(rules = ''): Promise<string[]> {
    const options = `{ resultTypes: ['violations'] ${rules} }`;
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${options})`);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  describe.each(LOCALES)('in %s', (locale) => {
    it.each(PagesUnderTest.names)('finds nothing on %s', async (name) => {
      await page.goto(`${server.url}/pages/${locale}/${name}`);
      expect(await page.getAttribute('html', 'lang')).toBe(locale);
      expect(await faults()).toEqual([]);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of COLORS) {
          await page.emulateMedia({ colorScheme });
          expect(await faults(OF_STYLES)).toEqual([]);
          if (PICTURES === undefined) continue;
          const file = `${name}-${locale}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: join(PICTURES, file), fullPage: true });
        }
      }
    });
  });

  it('finds a fault that is there', async () => {
    await page.goto(`${server.url}/pages/en/sign-in`);
    await page.evaluate("document.querySelector('label').remove()");
    expect((await faults()).join()).toContain('label: <input');
  });
});
