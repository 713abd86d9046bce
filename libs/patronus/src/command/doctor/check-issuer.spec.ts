import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkNode } from './check-installation.js';
import { checkIssuer } from './check-issuer.js';

describe('checkIssuer', () => {
  let server: Server;
  let issuer: string;
  let metadata: (issuer: string) => unknown;
  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(metadata(issuer)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not on a port');
    issuer = `http://127.0.0.1:${address.port}/Realm`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const findings = async (jwksUri?: string) => {
    const { findings: all, jwksUri: found } = await checkIssuer(
      { issuer, insecureHosts: [] },
      jwksUri,
    );
    return { found, said: all.map(({ code, message }) => `${code}: ${message}`).join('\n') };
  };

  it.each<[string, (name: string) => unknown]>([
    ['there is none in it', () => ({})],
    ['there is none in it', () => []],
    ['a slash at the end', (name) => ({ issuer: `${name}/` })],
    ['upper and lower case', (name) => ({ issuer: name.toLowerCase() })],
    ['http and https', (name) => ({ issuer: name.replace('http:', 'https:') })],
    ['another name', () => ({ issuer: 'https://id.example' })],
  ])('says how another issuer differs: %s', async (difference, document) => {
    metadata = document;
    const { said, found } = await findings();
    expect(said).toContain(`names another issuer: ${difference}.`);
    expect(found).toBeUndefined();
  });

  it('gives the URL of the keys, and refuses one that is not safe', async () => {
    metadata = (name) => ({ issuer: name, jwks_uri: `${name}/keys` });
    expect((await findings()).found).toBe(`${issuer}/keys`);
    metadata = (name) => ({ issuer: name, jwks_uri: 'http://id.example/keys' });
    const { said, found } = await findings();
    expect(said).toContain('jwks_uri: jwks_uri is missing, is not https');
    expect(found).toBeUndefined();
  });

  it('checks a given URL of the keys in place of the metadata', async () => {
    metadata = () => ({});
    expect((await findings(`${issuer}/keys`)).found).toBe(`${issuer}/keys`);
    const { said, found } = await findings('http://id.example/keys');
    expect(said).toContain('jwks_uri: http://id.example/keys is not an https URL.');
    expect(found).toBeUndefined();
  });
});

describe('checkNode', () => {
  it.each(['20.19.0', '22.12.1', '24.0.0', '26.1.0'])('supports %s', (version) => {
    expect(checkNode(version)).toMatchObject({ severity: 'ok' });
  });

  it.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0', '23.1.0', ''])('refuses %j', (version) => {
    expect(checkNode(version)).toMatchObject({ severity: 'error' });
  });
});
