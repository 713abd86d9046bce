import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { PlatformError } from '../operation/http/errors.js';
import { problemOf } from '../operation/http/problem.js';
import { readSettings } from '../operation/settings/server-settings.js';
import { BrowserProblemPages } from './page.filter.js';
import { Pages } from './pages.js';

const pages = new BrowserProblemPages(new Pages(readSettings({})));
const app = express();
app.use(express.urlencoded({ extended: false }), (incoming, response) =>
  pages.send(incoming, response, problemOf(new PlatformError('unavailable'))),
);

const wayOn = (html: string) => /<a class="button" href="([^"]*)">/.exec(html)?.[1];

describe('the page of an outage leads back', () => {
  it.each([
    ['/register?continue=/interaction/a', '/register?continue=/interaction/a'],
    ['//evil.example/register', '/'],
    ['/\\evil.example', '/'],
  ])('from GET %s to %s', async (path, expected) => {
    expect(wayOn((await request(app).get(path)).text)).toBe(expected);
  });

  it.each([
    ['/register', 'email=a', '/register'],
    ['/interaction/a-b_c/consent', 'decision=allow', '/interaction/a-b_c'],
    ['/reset-password', 'token=pot_a-b&password=secret', '/reset-password?token=pot_a-b'],
    ['/reset-password', 'token=%22%3E%3Cb%3E', '/reset-password'],
    ['//evil.example/register', 'email=a', '/'],
    ['/elsewhere', '', '/'],
  ])('from POST %s with %s to %s', async (path, body, expected) => {
    expect(wayOn((await request(app).post(path).send(body)).text)).toBe(expected);
  });
});

describe('the page of a lock or a limit says how long it lasts', () => {
  it.each([
    ['account_locked', 900, 'Try again in 15 minutes, or choose a new password to sign in now.'],
    ['account_locked', 1, 'Try again in 1 minute, or choose a new password to sign in now.'],
    ['rate_limited', 61, 'Try again in 2 minutes.'],
  ] as const)('%s for %i seconds', async (code, retryAfter, sentence) => {
    const refusing = express().use((incoming, response) =>
      pages.send(incoming, response, problemOf(new PlatformError(code, { retryAfter }))),
    );
    const { headers, text } = await request(refusing).get('/register');
    expect(headers['retry-after']).toBe(String(retryAfter));
    expect(text).toContain(sentence);
    expect(text).toContain(code === 'account_locked' ? 'href="/forgot-password"' : '/register');
  });
});

describe('a page', () => {
  const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const asked = express().use((incoming, response) => {
    response.json(pages.wantsPage(incoming));
  });

  it.each([
    ['/', true],
    ['/nowhere', true],
    ['/oauth/authorize', true],
    ['/oauth/device/a', true],
    ['/oauth/logout/confirm', true],
    ['/oauth/token', false],
    ['/oauth/device_authorization', false],
    ['/api/v1/me', false],
    ['/API/v1/me', false],
    ['/.well-known/openid-configuration', false],
    ['/health/live', false],
    ['/metrics', false],
  ])('is shown to a browser at %s: %s', async (path, expected) => {
    expect((await request(asked).get(path).set('accept', BROWSER)).body).toBe(expected);
    expect((await request(asked).get(path).set('accept', '*/*')).body).toBe(false);
  });
});
