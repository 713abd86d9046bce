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
