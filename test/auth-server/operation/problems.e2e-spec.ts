import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { RegistrationService } from '../../../apps/auth-server/src/sign-in/registration/registration.service.js';
import { CuttableLink } from '../support/cuttable-link.js';
import { OAuthBed, SECRET } from '../support/oauth-bed.js';
import { PlatformBed } from '../support/platform-bed.js';
import { type PlatformStorage, platformStorage, STORAGES } from '../support/platform-storage.js';

/** The `Accept` header of browsers on navigation. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };
/** Text that is sent in each request, and expected in no answer. */
const ECHO = 'n0t-t0-be-ech0ed';

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly text: string;
}

describe.each(STORAGES)('a problem on %s', (storage) => {
  let bed: OAuthBed;
  let link: CuttableLink | undefined;
  let kept: PlatformStorage;

  beforeAll(async () => {
    kept = await platformStorage(storage);
    const { DATABASE_URL: url } = kept.environment;
    link = url === undefined ? undefined : await CuttableLink.to(url);
    const environment = { ...kept.environment, ...(link && { DATABASE_URL: link.url }) };
    bed = await OAuthBed.start({
      on: {
        environment,
        open: (settings) => (link ? openDatabase(settings) : kept.open(settings)),
        clear: () => kept.clear(),
      },
    });
  }, 60_000);

  afterAll(async () => {
    await bed.close();
    await link?.close();
    await kept.clear();
  });

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(bed.url + path, { redirect: 'manual', ...init });
    const { status, headers } = response;
    const text = await response.text();
    expect(text).not.toContain(ECHO);
    return {
      status,
      type: headers.get('content-type'),
      retryAfter: headers.get('retry-after'),
      text,
    };
  }

  const post = (path: string, body: string, headers: Record<string, string>) =>
    ask(path, { method: 'POST', body, headers });

  /** A form of the platform's own page, sent by a browser. */
  const submit = (path: string, fields: Record<string, string>) =>
    post(path, new URLSearchParams(fields).toString(), {
      ...BROWSER,
      ...FORM,
      'sec-fetch-site': 'same-origin',
    });

  const expectJson = (answer: Answer, status: number, code: string) => {
    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/json') });
    expect(JSON.parse(answer.text)).toMatchObject({ statusCode: status, code });
  };

  const expectOAuthError = (answer: Answer, status: number, error: string, code: string) => {
    expect(answer).toMatchObject({ status, type: expect.stringContaining('application/json') });
    expect(JSON.parse(answer.text)).toEqual({ error, error_description: expect.any(String), code });
  };

  const expectPage = (answer: Answer, status: number, code: string, wayOn: string) => {
    expect(answer).toMatchObject({ status, type: 'text/html; charset=utf-8' });
    expect(answer.text).toContain(`<code>${code}</code>`);
    expect(answer.text).toContain(`<a class="button" href="${wayOn}">`);
  };

  describe('of the API', () => {
    const LOGIN = '/api/v1/auth/login';

    it.each([{}, BROWSER])('is JSON for an unknown path, with the headers %j', async (headers) => {
      expectJson(await ask(`/api/v1/${ECHO}`, { headers }), 404, 'not_found');
    });

    it('is JSON for malformed JSON, without the words of the parser', async () => {
      const answer = await post(LOGIN, `{"email": ${ECHO}`, JSON_BODY);
      expectJson(answer, 400, 'invalid_request');
      expect(answer.text).not.toMatch(/token|JSON|position/i);
    });

    it('is JSON for a body that is too large', async () => {
      const body = JSON.stringify({ email: ECHO.repeat(10_000) });
      expectJson(await post(LOGIN, body, JSON_BODY), 413, 'body_too_large');
    });

    it.each(['text/plain', 'application/xml', `application/${ECHO}`])(
      'is JSON for the content type %s',
      async (type) => {
        const answer = await post(LOGIN, ECHO, { 'content-type': type });
        expectJson(answer, 415, 'unsupported_media_type');
      },
    );

    it('is JSON for unknown members, without their names', async () => {
      const members = { identifier: 'a@example.com', password: 'x', [ECHO.repeat(1000)]: 1 };
      const answer = await post(LOGIN, JSON.stringify(members), JSON_BODY);
      expectJson(answer, 400, 'invalid_input');
      expect(JSON.parse(answer.text)).toMatchObject({
        details: { issues: [{ path: '', message: 'Unknown members are not allowed.' }] },
      });
      expect(answer.text.length).toBeLessThan(300);
    });

    it('is JSON for a bug, without its message', async () => {
      const register = RegistrationService.prototype.register;
      RegistrationService.prototype.register = () => Promise.reject(new TypeError(ECHO));
      const body = JSON.stringify({ email: 'a@example.com', password: 'four unrelated words' });
      const answer = await post('/api/v1/auth/register', body, JSON_BODY);
      RegistrationService.prototype.register = register;
      expectJson(answer, 500, 'server_error');
    });
  });

  describe('in a browser', () => {
    it('is a page with a way on for an unknown path', async () => {
      const answer = await ask(`/${ECHO}`, { headers: BROWSER });
      expectPage(answer, 404, 'not_found', '/');
      expect(answer.text).toContain('Page not found');
    });

    it('is none at the start page', async () => {
      const answer = await ask('/', { headers: BROWSER });
      expect(answer).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
      expect(answer.text).toContain('href="/register"');
    });

    it('is a page for a bug behind a form, which leads back to the form', async () => {
      const register = RegistrationService.prototype.register;
      RegistrationService.prototype.register = () => Promise.reject(new TypeError(ECHO));
      const fields = { email: 'a@example.com', password: 'four unrelated words here' };
      const answer = await submit('/register', fields);
      RegistrationService.prototype.register = register;
      expectPage(answer, 500, 'server_error', '/register');
    });

    it('is a page for a form that is too large', async () => {
      const answer = await submit('/register', { name: ECHO.repeat(10_000) });
      expectPage(answer, 413, 'body_too_large', '/register');
    });

    it('is a page for an authorization request of an unknown client', async () => {
      const answer = await ask('/oauth/authorize?client_id=nobody', { headers: BROWSER });
      expectPage(answer, 400, 'invalid_client', '/');
    });

    it('is a page in the language of the browser', async () => {
      const headers = { ...BROWSER, 'accept-language': 'es-MX,es;q=0.9,en;q=0.8' };
      const answer = await ask('/nowhere', { headers });
      expect(answer.text).toContain('<html lang="es">');
      expect(answer.text).toContain('Página no encontrada');
    });
  });

  describe('of an OAuth endpoint', () => {
    it('is an OAuth error for a method that it lacks', async () => {
      const answer = await ask(`/oauth/token?${ECHO}`);
      expectOAuthError(answer, 404, 'invalid_request', 'not_found');
    });

    it('is an OAuth error for a content type that it does not read', async () => {
      const answer = await post('/oauth/token', ECHO, JSON_BODY);
      expectOAuthError(answer, 415, 'invalid_request', 'unsupported_media_type');
    });

    it('is an OAuth error for a body that is too large', async () => {
      const answer = await post('/oauth/token', ECHO.repeat(10_000), FORM);
      expectOAuthError(answer, 413, 'invalid_request', 'body_too_large');
    });

    it.each([{}, BROWSER])('is an OAuth error for a bug, with the headers %j', async (headers) => {
      const { secretMatches } = ClientsService.prototype;
      ClientsService.prototype.secretMatches = () => {
        throw new TypeError(ECHO);
      };
      const authorization = `Basic ${btoa(`machine:${SECRET}`)}`;
      const body = 'grant_type=client_credentials';
      const answer = await post('/oauth/token', body, { ...FORM, ...headers, authorization });
      ClientsService.prototype.secretMatches = secretMatches;
      expectOAuthError(answer, 500, 'server_error', 'server_error');
    });
  });

  it('of a limit is a page at /oauth/authorize and an OAuth error at /oauth/register', async () => {
    const limited = await PlatformBed.start({ storage, environment: { RATE_LIMITS: 'on' } });
    const until429 = async (path: string, init: RequestInit) => {
      for (let at = 0; at < 400; at += 1) {
        const response = await fetch(limited.url + path, { redirect: 'manual', ...init });
        if (response.status === 429) return response;
        await response.arrayBuffer();
      }
      throw new Error('there is no limit');
    };
    const page = await until429('/oauth/authorize', { headers: BROWSER });
    const token = await until429('/oauth/register', {
      method: 'POST',
      headers: { ...JSON_BODY, ...BROWSER },
      body: '{}',
    });
    expect([page.status, page.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^\d+$/),
    ]);
    expect(await page.text()).toContain('<a class="button" href="/oauth/authorize">');
    expect(token.headers.get('retry-after')).toMatch(/^\d+$/);
    await expect(token.json()).resolves.toMatchObject({
      error: 'temporarily_unavailable',
      code: 'rate_limited',
    });
    await limited.close();
  }, 60_000);

  describe('of an outage', () => {
    beforeAll(async () => {
      if (link === undefined) await bed.app.get(PlatformDatabase, { strict: false }).close();
      else link.cut();
    });
    afterAll(() => link?.mend());

    it('is JSON with Retry-After at the API', async () => {
      const body = JSON.stringify({ email: 'a@example.com', password: 'four unrelated words' });
      const answer = await post('/api/v1/auth/login', body, JSON_BODY);
      expectJson(answer, 503, 'unavailable');
      expect(answer.retryAfter).toBe('5');
    });

    it('is a page with Retry-After for a form', async () => {
      const answer = await submit('/forgot-password', { email: `${ECHO}@example.com` });
      expectPage(answer, 503, 'unavailable', '/forgot-password');
      expect(answer.retryAfter).toBe('5');
    });

    it('keeps the token of a form that is sent again', async () => {
      const answer = await submit('/verify-email', { token: 'pot_abc' });
      expectPage(answer, 503, 'unavailable', '/verify-email?token=pot_abc');
    });

    it('is an OAuth error with Retry-After at the token endpoint', async () => {
      const body = new URLSearchParams({ grant_type: 'client_credentials' }).toString();
      const headers = { ...FORM, authorization: `Basic ${btoa('unknown:secret')}` };
      const answer = await post('/oauth/token', body, headers);
      expectOAuthError(answer, 503, 'temporarily_unavailable', 'unavailable');
      expect(answer.retryAfter).toBe('5');
    });

    it('is a page with Retry-After at the authorization endpoint', async () => {
      const answer = await ask('/oauth/authorize?client_id=unknown', { headers: BROWSER });
      expectPage(answer, 503, 'unavailable', '/oauth/authorize?client_id=unknown');
      expect(answer.retryAfter).toBe('5');
    });
  });
});
