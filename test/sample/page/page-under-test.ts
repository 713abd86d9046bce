import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../environment/services.js';
import { type AdapterName, ClinicUnderTest } from '../support/clinic-under-test.js';

export const BROWSER_ARGS = [
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run',
  '--disable-background-networking --disable-component-update --disable-sync',
].flatMap((line) => line.split(' '));
const EXPECTED_ERROR = /^Failed to load resource: .* status of 40[134] /;

/** Page of the sample in a real browser, operated as a person does. */
export class PageUnderTest {
  /** Complaints of the browser, except for the answers that the page is there to show. */
  readonly complaints: string[] = [];

  private constructor(
    readonly clinic: ClinicUnderTest,
    private readonly browser: Browser,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (!EXPECTED_ERROR.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(adapter: AdapterName): Promise<PageUnderTest> {
    const executablePath = chromiumPath();
    const clinic = await ClinicUnderTest.start(adapter);
    const browser = await chromium.launch({
      args: BROWSER_ARGS,
      ...(executablePath && { executablePath }),
    });
    return new PageUnderTest(clinic, browser, await browser.newPage());
  }

  async load(): Promise<void> {
    await this.page.goto(this.clinic.url);
    await this.page.locator('#people input').first().waitFor({ state: 'attached' });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.clinic.close();
  }

  choose(name: string | RegExp): Promise<void> {
    return this.page.getByRole('radio', { name }).check({ force: true });
  }

  async press(route: string): Promise<void> {
    await this.page.locator(`button[data-route="${route}"]`).click();
    await this.page.locator('#status').waitFor();
  }

  text(id: string): Promise<string | null> {
    return this.page.locator(`#${id}`).textContent();
  }

  /** Fills the matrix, and reads it: each route with the statuses of its row. */
  async tryEverything(): Promise<string[][]> {
    await this.page.getByRole('button', { name: 'Try every route as every user' }).click();
    await this.page.locator('#summary', { hasText: '77 requests' }).waitFor();
    return this.page
      .locator('[data-row]')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.getAttribute('data-row') ?? '',
          [...row.querySelectorAll('td')].map((cell) => cell.textContent).join(' '),
        ]),
      );
  }
}
