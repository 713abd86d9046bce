import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { attack, BEHIND_PROXY, codeMailedTo } from '../sign-in/networks.js';
import { administratorOf } from '../interop/administrator.js';
import { API, CALLBACK, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { newAddress, OTHER_PASSWORD, PASSWORD, registered } from '../support/people.js';
import type { ApiAnswer } from '../support/platform-bed.js';

/** A route as the description names it, with a success of it. */
interface Success {
  readonly route: string;
  readonly status: number;
}

/** What the platform is asked, until each of its routes has answered with success. */
class Caller {
  readonly successes: Success[] = [];

  constructor(private readonly bed: OAuthBed) {}

  /** Calls the API. `path` has its parameters in braces, followed by a colon and their value. */
  async api(method: string, path: string, body?: unknown, token?: string): Promise<ApiAnswer> {
    const { platform } = this.bed;
    const answer = await platform.api(method, address(path), body, token);
    this.#keep(method, path, answer.status);
    return answer;
  }

  /** Posts a form to an endpoint of OAuth as the client `machine`. */
  async form(path: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    const authorization = `Basic ${Buffer.from(`machine:${SECRET}`).toString('base64')}`;
    const body = new URLSearchParams(fields);
    const headers = { authorization };
    const response = await fetch(this.bed.url + path, { method: 'POST', headers, body });
    this.#keep('POST', path, response.status);
    return response.text().then((text) => (text === '' ? undefined : JSON.parse(text)));
  }

  async open(path: string): Promise<void> {
    const { status } = await fetch(this.bed.url + path, { redirect: 'manual' });
    this.#keep('GET', path, status);
  }

  #keep(method: string, path: string, status: number): void {
    const [plain = ''] = path.replaceAll(/\{(\w+):[^}]*\}/g, '{$1}').split('?');
    if (status < 400) this.successes.push({ route: `${method} ${plain}`, status });
    else throw new Error(`${method} ${path} answers ${status}`);
  }
}

const address = (path: string): string => path.replaceAll(/\{\w+:([^}]*)\}/g, '$1');

describe('the description of the API', () => {
  let bed: OAuthBed;
  let caller: Caller;
  let paths: OpenAPIObject['paths'];

  beforeAll(async () => {
    const environment = { CLIENT_REGISTRATION: 'token', ...BEHIND_PROXY.environment };
    bed = await OAuthBed.start({ environment });
    caller = new Caller(bed);
    ({ paths } = (await bed.platform.api('GET', '/docs/json')).body);
  });

  afterAll(() => bed.close());

  const operations = (): [route: string, operation: object][] =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, object] => [
        `${method.toUpperCase()} ${path}`,
        Object(operation),
      ]),
    );

  const successesOf = (operation: object): number[] =>
    Object.keys(Object(Reflect.get(operation, 'responses')))
      .map(Number)
      .filter((status) => status < 400);

  /** Signs in, and returns the tokens. */
  const logIn = async (email: string, password = PASSWORD) =>
    (await caller.api('POST', '/api/v1/auth/login', { email, password })).body;

  it('reaches the routes of accounts', async () => {
    const email = newAddress();
    await caller.api('POST', '/api/v1/auth/register', { email, password: PASSWORD });
    await caller.api('POST', '/api/v1/auth/resend-verification', { email });
    const token = await bed.platform.tokenMailedTo(email);
    await caller.api('POST', '/api/v1/auth/verify-email', { token });
    await caller.api('POST', '/api/token', { email, password: PASSWORD });
    const { refreshToken } = await logIn(email);
    await caller.api('POST', '/api/v1/auth/refresh', { refreshToken });
    await attack(bed.platform, email);
    const { challenge } = await logIn(email);
    const answer = { token: challenge.token, factor: 'email_code' };
    const code = await codeMailedTo(bed.platform, email);
    await caller.api('POST', '/api/v1/auth/login/verify', { ...answer, code });
    await caller.api('POST', '/api/v1/auth/forgot-password', { email });
    const link = await bed.platform.tokenMailedTo(email);
    const password = OTHER_PASSWORD;
    await caller.api('POST', '/api/v1/auth/reset-password', { token: link, password });

    const { accessToken: own } = await logIn(email, OTHER_PASSWORD);
    const change = { currentPassword: OTHER_PASSWORD, newPassword: PASSWORD };
    await caller.api('POST', '/api/v1/auth/change-password', change, own);
    for (const path of ['/api/me', '/api/v1/me', '/api/v1/me/sessions']) {
      await caller.api('GET', path, undefined, own);
    }
    const moved = { email: newAddress(), currentPassword: PASSWORD };
    await caller.api('PATCH', '/api/v1/me', moved, own);
    await logIn(email);
    const { accessToken: elsewhere } = await logIn(email);
    const { body: devices } = await caller.api('GET', '/api/v1/me/devices', undefined, elsewhere);
    await caller.api('DELETE', `/api/v1/me/devices/{id:${devices.items[0].id}}`, undefined, own);
    const { body: sessions } = await caller.api('GET', '/api/v1/me/sessions', undefined, own);
    const other = sessions.find(({ current }: { current: boolean }) => !current);
    await caller.api('DELETE', `/api/v1/me/sessions/{id:${other.id}}`, undefined, own);
    await caller.api('DELETE', '/api/v1/me/sessions', undefined, own);
    await caller.api('POST', '/api/v1/auth/logout', {}, own);
    const { accessToken: next } = await logIn(email);
    await caller.api('POST', '/api/v1/auth/logout-all', undefined, next);
    const { accessToken: last } = await logIn(email);
    await caller.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, last);
    const { accessToken: another } = await logIn(await registered(bed.platform));
    await caller.api('POST', '/api/v1/me/deactivate', { currentPassword: PASSWORD }, another);
    await caller.api('GET', '/health/live');
    await caller.api('GET', '/health/ready');
  });

  it('reaches the routes of administrators and of registered clients', async () => {
    const admin = await administratorOf(bed);
    const { id } = await bed.person();
    const roles = `/api/v1/admin/accounts/{id:${id}}/roles`;
    await caller.api('POST', roles, { role: 'STAFF' }, admin);
    await caller.api('DELETE', `${roles}/{role:STAFF}`, undefined, admin);
    const clients = '/api/v1/admin/clients';
    const servers = '/api/v1/admin/resource-servers';
    const metadata = { client_name: 'One', redirect_uris: [CALLBACK] };
    const { body: made } = await caller.api('POST', clients, { metadata }, admin);
    const one = `${clients}/{id:${made.id}}`;
    await caller.api('GET', clients, undefined, admin);
    await caller.api('GET', one, undefined, admin);
    await caller.api('PUT', one, { metadata: { ...metadata, client_name: 'Two' } }, admin);
    await caller.api('PATCH', one, { metadata: { client_name: 'Three' } }, admin);
    const { body: secret } = await caller.api('POST', `${one}/secrets`, {}, admin);
    const path = `${one}/secrets/{secretId:${secret.id}}`;
    await caller.api('DELETE', path, undefined, admin);
    await caller.api('DELETE', one, undefined, admin);

    const identifier = 'https://another-api.example.com';
    await caller.api('PUT', servers, { identifier, scopes: ['read'] }, admin);
    await caller.api('GET', servers, undefined, admin);
    const server = `${servers}/{identifier:${encodeURIComponent(identifier)}}`;
    await caller.api('GET', server, undefined, admin);
    await caller.api('DELETE', server, undefined, admin);

    const tokens = '/api/v1/admin/initial-access-tokens';
    const { body: initial } = await caller.api('POST', tokens, {}, admin);
    const { body } = await caller.api('POST', '/oauth/register', metadata, initial.token);
    const own = `/oauth/register/{clientId:${body.client_id}}`;
    const read = await caller.api('GET', own, undefined, body.registration_access_token);
    const { registration_access_token: first } = read.body;
    const wanted = { ...metadata, client_id: body.client_id };
    const { body: replaced } = await caller.api('PUT', own, wanted, first);
    await caller.api('DELETE', own, undefined, replaced.registration_access_token);
  });

  it('reaches the endpoints of OAuth', async () => {
    await caller.open('/.well-known/openid-configuration');
    await caller.open('/oauth/jwks');
    const issued = await caller.form('/oauth/token', {
      grant_type: 'client_credentials',
      resource: API,
      scope: 'read',
    });
    const token = String(Reflect.get(Object(issued), 'access_token'));
    await caller.form('/oauth/introspect', { token });
    await caller.form('/oauth/revoke', { token });
    const request = {
      client_id: 'phone',
      redirect_uri: 'com.example.app:/callback',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    };
    await caller.open(`/oauth/authorize?${new URLSearchParams(request).toString()}`);
    await caller.open('/oauth/device');
    await caller.open('/oauth/logout');
  });

  it('names the status of each success, and no other', () => {
    const reached = new Map<string, Set<number>>();
    for (const { route, status } of caller.successes) {
      reached.set(route, (reached.get(route) ?? new Set()).add(status));
    }
    const said = Object.fromEntries(
      operations()
        .filter(([route]) => reached.has(route))
        .map(([route, operation]) => [route, successesOf(operation)]),
    );
    const seen = [...reached].map(([route, statuses]) => [route, [...statuses]]);
    expect(said).toEqual(Object.fromEntries(seen));
  });

  it('has a success for every route, of which all of the API are reached', () => {
    const lacking = operations().filter(([, operation]) => successesOf(operation).length !== 1);
    expect(lacking.map(([route]) => route)).toEqual([]);
    const reached = new Set(caller.successes.map(({ route }) => route));
    const missed = operations().filter(([route]) => !reached.has(route));
    expect(missed.map(([route]) => route)).toEqual([
      // Never ends. Its suites are in `events/`.
      'GET /api/v1/events',
      'POST /oauth/authorize',
      'POST /oauth/par',
      'GET /oauth/userinfo',
      'POST /oauth/device_authorization',
      'POST /oauth/logout',
    ]);
  });

  it('groups the routes by tags that are written alike', () => {
    const tags = operations().flatMap(([, operation]): string[] => Reflect.get(operation, 'tags'));
    expect([...new Set(tags)].toSorted()).toEqual([
      'Accounts',
      'Authentication',
      'Clients',
      'Events',
      'OAuth 2.0 and OpenID Connect',
      'Operation',
      'Resource servers',
      'Sessions',
    ]);
  });

  it('explains how an address is changed', () => {
    const operation = paths['/api/v1/me']?.patch;
    const { properties } = Object(operation?.requestBody).content['application/json'].schema;
    expect(properties.email.description).toContain('`currentPassword`');
    expect(properties.currentPassword.description).toContain('`email`');
    expect(operation?.description).toMatch(/Needs a caller and a login\.$/);
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '409', '429']),
    );
  });
});
