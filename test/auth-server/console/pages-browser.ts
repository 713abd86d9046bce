import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../environment/services.js';

const ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run ' +
  '--disable-background-networking --disable-component-update --disable-sync';
const IN_DOCUMENT = fileURLToPath(new URL('pages-in-document.js', import.meta.url));
const SERIOUS: readonly string[] = ['error', 'warning'];

/** Browser that resolves some names to this machine, and records its complaints. */
export class PagesBrowser {
  readonly complaints: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async open(): Promise<PagesBrowser> {
    const executablePath = chromiumPath();
    const browser = await chromium.launch({
      args: [...ARGS.split(' '), '--host-resolver-rules=MAP *.test 127.0.0.1'],
      ...(executablePath && { executablePath }),
    });
    return new PagesBrowser(browser);
  }

  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.browser.newPage(options);
    await page.addInitScript({ path: IN_DOCUMENT });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (SERIOUS.includes(message.type())) this.complaints.push(message.text());
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // Aborted by the next page.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${reason}: ${request.url()}`);
    });
    return page;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
