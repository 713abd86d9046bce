import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { pageHeaders } from '../../../apps/auth-server/src/console/pages.js';
import { chromiumPath } from '../../environment/services.js';
import { PagesBrowser } from './pages-browser.js';
import { PagesUnderTest } from './pages-under-test.js';

const describeInBrowser = chromiumPath() === undefined ? describe.skip : describe;

describeInBrowser('the policy of the pages in a browser', () => {
  let platform: PagesUnderTest;
  let other: Server;
  let port: number;
  let browser: PagesBrowser;
  let page: Page;
  /** The answers of the other server to GET. */
  let answer: { readonly html: string; readonly headers: Readonly<Record<string, string>> };

  beforeAll(async () => {
    platform = await PagesUnderTest.start();
    other = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html', ...answer.headers }).end(answer.html);
    });
    await new Promise<void>((done) => void other.listen(0, '127.0.0.1', done));
    ({ port } = other.address() as AddressInfo);
    browser = await PagesBrowser.open();
  }, 60_000);

  beforeEach(async () => {
    await page?.close();
    page = await browser.page();
    answer = { html: 'other', headers: {} };
    platform.submissions.length = 0;
    browser.complaints.length = 0;
  });

  afterAll(async () => {
    await browser.close();
    other.closeAllConnections();
    await new Promise((done) => other.close(done));
    await platform.close();
  });

  const answerOf = (path: string) =>
    page.waitForResponse((response) => new URL(response.url()).pathname === path);

  /** Posts a form from the other server's page to the platform, and returns the status. */
  async function attack(from: string, to: string, headers = {}): Promise<number> {
    answer = { html: `<form method="post" action="${to}/submitted"><button>Go`, headers };
    await page.goto(`http://${from}:${port}/`);
    const [response] = await Promise.all([answerOf('/submitted'), page.click('button')]);
    return response.status();
  }

  it('lets a form of our own in by Sec-Fetch-Site', async () => {
    await page.goto(`${platform.url}/pages/plain/verify-email?token=secret`);
    await Promise.all([answerOf('/submitted'), page.click('button')]);
    const [{ headers } = { headers: {} }] = platform.submissions;
    expect(headers).toMatchObject({ 'sec-fetch-site': 'same-origin', origin: platform.url });
    expect(JSON.stringify(headers)).not.toContain('secret');
  });

  it('lets a form of our own in by Origin, where browsers send nothing else', async () => {
    await page.goto(`${platform.issuer}/pages/plain/verify-email?token=secret`);
    await Promise.all([answerOf('/submitted'), page.click('button')]);
    const [{ headers } = { headers: {} }] = platform.submissions;
    expect(headers).not.toHaveProperty('sec-fetch-site');
    expect(headers).toMatchObject({ origin: platform.issuer, referer: `${platform.issuer}/` });
  });

  it.each([
    ['another site', 'evil.test', () => platform.url],
    ['another port of the same site', 'localhost', () => platform.url],
    ['another site, without Sec-Fetch-Site', 'evil.test', () => platform.issuer],
    ['another port, without Sec-Fetch-Site', 'platform.test', () => platform.issuer],
  ])('refuses a form of %s', async (_, from, to) => {
    expect(await attack(from, to())).toBe(403);
    expect(await attack(from, to(), { 'Referrer-Policy': 'no-referrer' })).toBe(403);
    expect(platform.submissions).toEqual([]);
  });

  it('follows a redirect after a form to an address that the page allows', async () => {
    const to = `http://client.test:${port}/callback`;
    await page.goto(`${platform.url}/leading?allowed&to=${encodeURIComponent(to)}`);
    await Promise.all([page.waitForURL(to), page.click('button')]);
    expect(await page.textContent('body')).toBe('other');
  });

  it.each([
    ['another site', () => `http://client.test:${port}/callback`],
    ['a native application', () => 'com.example.app:/callback?code=c'],
  ])('follows no redirect after a form to %s that the page does not allow', async (_, to) => {
    await page.goto(`${platform.url}/leading?to=${encodeURIComponent(to())}`);
    const [complaint] = await Promise.all([page.waitForEvent('console'), page.click('button')]);
    expect(complaint.text()).toContain("form-action 'self'");
    expect(page.url()).toContain('/leading');
  });

  it('follows a redirect after a form into a native application that the page allows', async () => {
    const to = 'com.example.app:/callback?code=c';
    await page.goto(`${platform.url}/leading?allowed&to=${encodeURIComponent(to)}`);
    const [request] = await Promise.all([page.waitForEvent('requestfailed'), page.click('button')]);
    // There is no such application on this machine. The test can only see that it was called.
    expect(request.url()).toBe(to);
    expect(browser.complaints.join()).not.toContain('Content Security Policy');
  });

  it('allows no frame around a page', async () => {
    answer = { html: `<iframe src="${platform.url}/pages/plain/sign-in"></iframe>`, headers: {} };
    const complained = page.waitForEvent('console');
    await page.goto(`http://evil.test:${port}/`);
    expect((await complained).text()).toContain('frame-ancestors');
    expect(await page.frames()[1]?.locator('form').count()).toBe(0);
  });

  it('runs a script of oidc-provider, and no other', async () => {
    const script = 'document.title = "ran"';
    const digest = createHash('sha256').update(script).digest('base64');
    const headers = pageHeaders({ byProvider: true });
    const policy = headers['Content-Security-Policy'] ?? '';
    const html = `<script>${script}</script>`;

    answer = { html, headers };
    await page.goto(`http://localhost:${port}/`);
    expect(await page.title()).toBe('');

    // As its lib/helpers/script_src_sha.js does.
    const allowing = policy.replace(/script-src .*$/, `$& 'sha256-${digest}'`);
    answer = { html, headers: { ...headers, 'Content-Security-Policy': allowing } };
    await page.goto(`http://localhost:${port}/`);
    expect(await page.title()).toBe('ran');
  });

  it('serves what pages load, and says what it is', async () => {
    for (const [file, type] of [
      ['platform.css', 'text/css; charset=utf-8'],
      ['icon.svg', 'image/svg+xml'],
    ]) {
      const response = await fetch(`${platform.url}/assets/${file}`);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': type,
        'cache-control': 'public, max-age=0',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it.each(['', '..%2fpackage.json', '%2e%2e/package.json', '.hidden', 'platform.css/', 'none.css'])(
    'serves nothing else, as /assets/%s',
    async (file) => {
      expect((await fetch(`${platform.url}/assets/${file}`)).status).toBe(404);
    },
  );
});
