import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestIssuer } from '../../testing/index.js';
import { oidc } from './index.js';
import { KEYS_MAX_AGE } from './key-policy.js';

let issuer: TestIssuer;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2030, 0, 1);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  issuer = await TestIssuer.start({ algorithm: 'ES256' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

describe('the keys of an issuer', () => {
  it('are fetched and parsed by one client of jwks-rsa, and once for each fetch', async () => {
    const { JwksClient } = await import('jwks-rsa');
    const parsed = jest.spyOn(JwksClient.prototype, 'getSigningKeys');
    const provider = oidc({ issuer: issuer.url, audience: 'test' });
    const good = async () =>
      provider.authenticate({ scheme: 'bearer', token: await issuer.token() });
    for (let fetches = 1; fetches <= 3; fetches += 1) {
      await Promise.all(Array.from({ length: 20 }, good));
      await good();
      expect(issuer.fetches.jwks).toBe(fetches);
      now += (KEYS_MAX_AGE + 1) * 1000;
    }
    expect(parsed).toHaveBeenCalledTimes(3);
    const [client, ...others] = new Set(parsed.mock.contexts);
    expect(others).toEqual([]);
    expect(client).toMatchObject({ options: { cache: false, rateLimit: false } });
  });

  it('keep to the client of their issuer', async () => {
    const { JwksClient } = await import('jwks-rsa');
    const parsed = jest.spyOn(JwksClient.prototype, 'getSigningKeys');
    const provider = () => oidc({ issuer: issuer.url, audience: 'test' });
    await Promise.all([provider().warmUp(), provider().warmUp()]);
    expect(new Set(parsed.mock.contexts).size).toBe(2);
  });

  it('are read behind a byte order mark, like the metadata', async () => {
    const server = createServer(({ url }, response) => {
      const isKeys = url === '/jwks';
      const document = isKeys
        ? { keys: [issuer.key.jwk] }
        : { issuer: iss, jwks_uri: `${iss}/jwks` };
      response.end(`\uFEFF${JSON.stringify(document)}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const iss = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const provider = oidc({ issuer: iss, audience: 'test' });
    const token = await issuer.token({ iss });
    await expect(provider.authenticate({ scheme: 'bearer', token })).resolves.toBeDefined();
    server.closeAllConnections();
    server.close();
  });
});
