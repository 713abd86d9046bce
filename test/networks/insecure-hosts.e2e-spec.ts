import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authApi } from '@patronus/nestjs/auth-api';
import { introspection } from '@patronus/nestjs/introspection';
import { keycloak, oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { run } from '../command/run-command.js';
import { ForwardProxy } from './company-network.js';
import { restoreEnvironment, setEnvironment } from './proxy-variables.js';

const URL_OF_ISSUER = 'https://id.company.test';

let issuer: TestIssuer;
/** Replaces the cluster's network: it resolves `keycloak:8080`. */
let proxy: ForwardProxy;

beforeEach(async () => {
  setEnvironment({});
  issuer = await TestIssuer.start({ algorithm: 'ES256' });
  proxy = await ForwardProxy.start({ 'keycloak:8080': Number(new URL(issuer.url).port) });
});

afterEach(async () => {
  restoreEnvironment();
  await Promise.all([proxy.stop(), issuer.stop()]);
});

describe('a host that may be asked over plain http', () => {
  const http = 'http://keycloak:8080';

  it('is asked for its metadata and its keys', async () => {
    setEnvironment({ HTTP_PROXY: proxy.url });
    issuer.announce({ issuer: http, jwks_uri: `${http}/jwks` });
    const insecureHosts = ['keycloak'];
    const provider = oidc({ issuer: http, audience: 'test', insecureHosts });
    const token = await issuer.token({ iss: http });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toMatchObject({
      issuer: http,
    });
    expect(proxy.asked).toEqual([
      `GET ${http}/.well-known/openid-configuration`,
      `GET ${http}/jwks`,
    ]);
  });

  it('gives the keys of an issuer that is known by its https name', async () => {
    setEnvironment({ HTTP_PROXY: proxy.url });
    const provider = keycloak({
      url: URL_OF_ISSUER,
      realm: 'novah',
      audience: 'test',
      jwksUri: `${http}/jwks`,
      insecureHosts: ['keycloak'],
    });
    const token = await issuer.token({ iss: `${URL_OF_ISSUER}/realms/novah` });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toBeDefined();
    expect(proxy.asked).toEqual([`GET ${http}/jwks`]);
  });

  it('answers questions about tokens', () => {
    const insecureHosts = ['keycloak'];
    const asking = { url: http, clientId: 'a', clientSecret: 'b' };
    expect(introspection({ ...asking, insecureHosts }).name).toBe('introspection');
    expect(authApi({ url: http, insecureHosts }).name).toBe('auth-api');
    expect(() => introspection(asking)).toThrow('see insecureHosts');
    expect(() => authApi({ url: http })).toThrow('see insecureHosts');
  });

  it('is the named one only', () => {
    const jwksUri = 'http://keys:8080/jwks';
    const insecureHosts = ['keycloak'];
    const remedy = 'oidc.jwksUri: is not an https URL.';
    expect(() => oidc({ issuer: http, audience: 'test', jwksUri, insecureHosts })).toThrow(remedy);
    expect(() => keycloak({ url: http, realm: 'novah', audience: 'test' })).toThrow(
      'keycloak.url: is not an https URL.',
    );
  });

  it('is known to patronus doctor by an option of the same meaning', async () => {
    issuer.announce({ issuer: http, jwks_uri: `${http}/jwks` });
    const env = { HTTP_PROXY: proxy.url };
    const args = ['doctor', '--json', '--issuer', http];
    const named = await run([...args, '--insecure-host', 'keycloak'], { env });
    expect(JSON.parse(named.stdout)).toMatchObject({ ok: true });
    const unnamed = await run(args, { env });
    expect(JSON.parse(unnamed.stdout)).toMatchObject({ ok: false });
    expect(unnamed.stdout).toContain('issuer_insecure');
  });
});

describe('a name below localhost', () => {
  it('is this machine, whatever DNS says', async () => {
    setEnvironment({ HTTP_PROXY: 'http://127.0.0.1:9' });
    const { port } = new URL(issuer.url);
    const url = `http://auth.localhost:${port}`;
    issuer.announce({ issuer: url, jwks_uri: `${url}/jwks` });
    const token = await issuer.token({ iss: url });
    const provider = oidc({ issuer: url, audience: 'test' });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toBeDefined();
  });
});
