import 'reflect-metadata';
import { createServer, type RequestListener, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authApi } from '@patronus/nestjs/auth-api';
import { introspection } from '@patronus/nestjs/introspection';
import { auth0, oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { Agent, ProxyAgent } from 'undici';
import { run } from '../command/run-command.js';
import { ForwardProxy, TlsFront } from './company-network.js';
import { PrivateAuthority } from './private-authority.js';
import { restoreEnvironment, setEnvironment } from './proxy-variables.js';

const HOST = 'id.company.test';
const URL_OF_ISSUER = `https://${HOST}`;

const authority = new PrivateAuthority();
const trusted = tls.getCACertificates('default');

let issuer: TestIssuer;
let front: TlsFront;
let proxy: ForwardProxy;

beforeEach(async () => {
  setEnvironment({});
  issuer = await TestIssuer.start({ algorithm: 'ES256', issuer: URL_OF_ISSUER });
  issuer.announce({ jwks_uri: `${URL_OF_ISSUER}/jwks` });
  front = await TlsFront.start(authority.issue(HOST), issuer.url);
  proxy = await ForwardProxy.start({
    [`${HOST}:443`]: front.port,
    'other.company.test:443': front.port,
  });
});

afterEach(async () => {
  restoreEnvironment();
  tls.setDefaultCACertificates(trusted);
  await Promise.all([proxy.stop(), front.stop()]);
  await issuer.stop();
});

const trustCompany = () => tls.setDefaultCACertificates([...trusted, authority.cert]);
const authenticate = async (provider: ReturnType<typeof oidc>) =>
  provider.authenticate({ scheme: 'bearer', token: await issuer.token() });
const reasonOf = (failing: Promise<unknown>) =>
  failing.then(
    () => 'no failure',
    ({ reason }: { reason?: string }) => reason ?? 'no reason',
  );

/** Runs an HTTP server behind `https://id.company.test`, in the place of the issuer. */
async function withServer(listener: RequestListener, test: () => Promise<void>): Promise<void> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  await Promise.all([front.stop(), proxy.stop()]);
  front = await TlsFront.start(authority.issue(HOST), `http://127.0.0.1:${port}`);
  proxy = await ForwardProxy.start({ [`${HOST}:443`]: front.port });
  try {
    await test();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a proxy that the environment names', () => {
  beforeEach(trustCompany);
  const through = (more: Readonly<Record<string, string>> = {}) =>
    setEnvironment({ HTTPS_PROXY: proxy.url, ...more });

  it('carries discovery and keys', async () => {
    through();
    await expect(
      authenticate(oidc({ issuer: URL_OF_ISSUER, audience: 'test' })),
    ).resolves.toMatchObject({ issuer: URL_OF_ISSUER });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    expect(issuer.fetches).toEqual({ discovery: 1, jwks: 1 });
  });

  it('is not used for hosts of NO_PROXY, nor for this machine', async () => {
    through({ HTTP_PROXY: proxy.url, NO_PROXY: '.company.test' });
    const reason = await reasonOf(oidc({ issuer: URL_OF_ISSUER, audience: 'test' }).warmUp());
    expect(reason).toContain(`Cannot fetch ${URL_OF_ISSUER}`);
    expect(reason).not.toContain('proxy');
    const local = await TestIssuer.start({ algorithm: 'ES256' });
    await oidc({ issuer: local.url, audience: 'test' }).warmUp();
    await local.stop();
    expect(proxy.asked).toEqual([]);
  });

  it('is told its user and password, and its refusal where they are missing', async () => {
    proxy.credentials = 'ana:p@ss';
    through();
    const reason = await reasonOf(oidc({ issuer: URL_OF_ISSUER, audience: 'test' }).warmUp());
    expect(reason).toContain(`through the proxy ${proxy.url}`);
    expect(reason).toContain('407');
    through({ HTTPS_PROXY: proxy.url.replace('://', '://ana:p%40ss@') });
    await oidc({ issuer: URL_OF_ISSUER, audience: 'test' }).warmUp();
  });

  it('is named where it does not answer, without its password', async () => {
    const { url } = proxy;
    await proxy.stop();
    through({ HTTPS_PROXY: url.replace('://', '://ana:secret@') });
    const reason = await reasonOf(oidc({ issuer: URL_OF_ISSUER, audience: 'test' }).warmUp());
    expect(reason).toContain(`through the proxy ${url}: `);
    expect(reason).not.toContain('secret');
    proxy = await ForwardProxy.start({});
  });

  it('lets no server answer in the place of another host', async () => {
    through();
    const other = 'https://other.company.test';
    const reason = await reasonOf(oidc({ issuer: other, audience: 'test' }).warmUp());
    expect(reason).toContain("Host: other.company.test. is not in the cert's altnames");
    expect(issuer.fetches.discovery).toBe(0);
  });

  it('changes nothing about redirects and sizes', async () => {
    through();
    const asked: string[] = [];
    const failing: RequestListener = ({ url = '' }, response) => {
      asked.push(url);
      if (url.endsWith('/jwks')) response.end(JSON.stringify({ keys: ['x'.repeat(600_000)] }));
      else response.writeHead(302, { location: `${URL_OF_ISSUER}/elsewhere` }).end();
    };
    await withServer(failing, async () => {
      through();
      const provider = () => oidc({ issuer: URL_OF_ISSUER, audience: 'test' });
      expect(await reasonOf(provider().warmUp())).toContain('redirect');
      const jwksUri = `${URL_OF_ISSUER}/jwks`;
      const keys = oidc({ issuer: URL_OF_ISSUER, audience: 'test', jwksUri });
      expect(await reasonOf(keys.warmUp())).toContain('more than 524288 bytes');
      expect(asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
    });
  });

  it('carries questions about tokens', async () => {
    const asked: string[] = [];
    const answering: RequestListener = ({ url = '', headers }, response) => {
      asked.push(`${url} ${String(headers.authorization).split(' ')[0]}`);
      response.end(JSON.stringify({ active: true, sub: 'ana', id: 'ana' }));
    };
    await withServer(answering, async () => {
      through();
      const opaque = { scheme: 'bearer', token: 'opaque' } as const;
      const asking = introspection({ url: `${URL_OF_ISSUER}/i`, clientId: 'a', clientSecret: 'b' });
      await expect(asking.authenticate(opaque)).resolves.toMatchObject({ id: 'ana' });
      const api = authApi({ url: URL_OF_ISSUER });
      await expect(api.authenticate(opaque)).resolves.toMatchObject({ id: 'ana' });
      expect(asked).toEqual(['/i Basic', '/api/me/ Bearer']);
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    });
  });

  it('stops the start where it is none', () => {
    setEnvironment({ HTTPS_PROXY: 'proxy.company.test:3128' });
    const remedy = 'HTTPS_PROXY: is not the URL of an HTTP proxy.';
    expect(() => oidc({ issuer: URL_OF_ISSUER, audience: 'test' })).toThrow(remedy);
    expect(() => auth0({ domain: 'novah.eu.auth0.com', audience: 'test' })).toThrow(remedy);
    expect(() => authApi({ url: URL_OF_ISSUER })).toThrow(remedy);
    const dispatcher = new Agent();
    expect(oidc({ issuer: URL_OF_ISSUER, audience: 'test', dispatcher }).name).toBe('oidc');
  });
});

describe('a private certificate authority', () => {
  it('is not trusted by itself', async () => {
    setEnvironment({ HTTPS_PROXY: proxy.url });
    const reason = await reasonOf(oidc({ issuer: URL_OF_ISSUER, audience: 'test' }).warmUp());
    expect(reason).toMatch(/certificate|self-signed/);
    expect(issuer.fetches.discovery).toBe(0);
  });

  it("is trusted by a dispatcher of the application's own, which the environment leaves alone", async () => {
    setEnvironment({ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '*' });
    const dispatcher = new ProxyAgent({ uri: proxy.url, requestTls: { ca: authority.cert } });
    const provider = oidc({ issuer: URL_OF_ISSUER, audience: 'test', dispatcher });
    await expect(authenticate(provider)).resolves.toMatchObject({ issuer: URL_OF_ISSUER });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
    await dispatcher.close();
  });

  it('is trusted by questions about tokens, too', async () => {
    const answering: RequestListener = (_request, response) =>
      void response.end(JSON.stringify({ active: true, sub: 'ana', id: 'ana' }));
    await withServer(answering, async () => {
      const dispatcher = new ProxyAgent({ uri: proxy.url, requestTls: { ca: authority.cert } });
      const opaque = { scheme: 'bearer', token: 'opaque' } as const;
      const url = URL_OF_ISSUER;
      for (const provider of [
        introspection({ url, clientId: 'a', clientSecret: 'b', dispatcher }),
        authApi({ url, dispatcher }),
      ]) {
        await expect(provider.authenticate(opaque)).resolves.toMatchObject({ id: 'ana' });
      }
      await dispatcher.close();
    });
  });

  it('comes from NODE_EXTRA_CA_CERTS, and patronus doctor goes the same way out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patronus-ca-'));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, authority.cert);
    const token = await issuer.token();
    const args = ['doctor', '--json', '--issuer', URL_OF_ISSUER, '--audience', 'test'];
    const env = { HTTPS_PROXY: proxy.url.replace('://', '://ana:secret@') };
    const trusting = await run([...args, '--token', token], {
      env: { ...env, NODE_EXTRA_CA_CERTS: ca },
    });
    rmSync(folder, { recursive: true });
    const message = `Requests to ${HOST} go through the proxy ${proxy.url}.`;
    expect(JSON.parse(trusting.stdout)).toMatchObject({
      ok: true,
      findings: expect.arrayContaining([
        { code: 'proxy', severity: 'ok', message },
        { code: 'guard', severity: 'ok', message: 'The guard accepts the token.' },
      ]),
    });
    expect(trusting.stdout).not.toContain('secret');
    const wary = await run(args, { env });
    expect(JSON.parse(wary.stdout)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'proxy', message }),
        expect.objectContaining({ code: 'discovery_unreachable' }),
      ]),
    });
  });
});
