import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, type Dispatcher, request } from 'undici';
import { freePort } from '../../environment/free-port.mjs';
import { until } from '../../environment/until.js';
import { NginxProxy } from '../support/nginx-proxy.js';
import { PASSWORD, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';

const SECRET = 'a-secret-of-a-test-that-has-32-characters';
const LISTENER = {
  client_id: 'listener',
  client_secret: SECRET,
  grant_types: ['client_credentials'],
  scope: 'events.read',
};
/** Addresses of documentation (RFC 5737). */
const FORGED = ['203.0.113.9', '203.0.113.9, 10.0.0.5', '203.0.113.9, 127.0.0.1'];

describe('the platform behind the proxy of compose.yaml', () => {
  let bed: PlatformBed;
  let proxy: NginxProxy;
  let agent: Agent;

  beforeAll(async () => {
    const [httpsPort, port] = [await freePort(), await freePort()];
    const environment = {
      ISSUER: `https://localhost:${httpsPort}`,
      TRUST_PROXY: '1',
      CLIENTS: JSON.stringify([LISTENER]),
    };
    bed = await PlatformBed.start({ port, environment });
    proxy = await NginxProxy.start(httpsPort, [port]);
    agent = new Agent({ connect: { ca: proxy.certificate } });
  });
  afterAll(async () => {
    await agent.close();
    await proxy.stop();
    await bed.close();
  });

  const ask = (
    path: string,
    options: Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> & {
      readonly method?: Dispatcher.HttpMethod;
    } = {},
  ) => request(new URL(path, proxy.origin), { ...options, dispatcher: agent });

  const json = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.statusCode, body: Object(await answer.body.json()) };
  };

  it('answers over TLS, with the address that the issuer names', async () => {
    const answer = await ask('/.well-known/openid-configuration');
    const document = Object(await answer.body.json());
    expect(document.issuer).toBe(proxy.origin);
    expect(document.token_endpoint).toBe(`${proxy.origin}/oauth/token`);
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
  });

  it('leads callers without TLS to it', async () => {
    const url = `http://localhost:${proxy.httpPort}/login?a=b`;
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe('https://localhost/login?a=b');
  });

  it.each([undefined, ...FORGED])(
    'sees the address of the caller, who claims to be %s',
    async (forged) => {
      const email = await registered(bed);
      const claims: Record<string, string> =
        forged === undefined ? {} : { 'x-forwarded-for': forged, forwarded: `for=${forged}` };
      const login = await json('/api/v1/auth/login', { email, password: PASSWORD }, claims);
      expect(login.status).toBe(200);
      const token = String(login.body.accessToken);
      const sessions = await bed.api('GET', '/api/v1/me/sessions', undefined, token);
      const text = JSON.stringify(sessions.body);
      expect(text).toContain('127.0.0.1');
      expect(text).not.toContain('203.0.113');
    },
  );

  it('passes on each event at once', async () => {
    const form = {
      grant_type: 'client_credentials',
      scope: 'events.read',
      resource: `${proxy.origin}/api`,
    };
    const granted = await ask('/oauth/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`listener:${SECRET}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    });
    const { access_token: token } = Object(await granted.body.json());
    const stream = await ask('/api/v1/events', { headers: { authorization: `Bearer ${token}` } });
    expect(stream.statusCode).toBe(200);
    let heard = '';
    stream.body.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    stream.body.on('error', () => undefined);
    await until(true, () => heard.includes('event: ready'));
    await registered(bed);
    await until(true, () => heard.includes('event: account.registered'));
    stream.body.destroy();
  });

  it.each(['/console', '/admin/', '/register', '/api/v1/me', '/health/ready'])(
    'passes on %s',
    async (path) => {
      const direct = await fetch(new URL(path, `http://localhost:${bed.port}`), {
        redirect: 'manual',
      });
      await direct.arrayBuffer();
      const through = await ask(path);
      await through.body.dump();
      expect(through.statusCode).toBe(direct.status);
      expect(through.headers['x-request-id']).toBeDefined();
    },
  );
});
