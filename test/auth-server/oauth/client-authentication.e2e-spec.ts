import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { CLIENTS, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const BASIC = `Basic ${Buffer.from(`machine:${SECRET}`).toString('base64')}`;
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

describe.each(STORAGES)('clients at the token endpoint on %s', (storage) => {
  let bed: OAuthBed;
  let sign: (claims: JWTPayload) => Promise<string>;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    sign = (claims) =>
      new SignJWT({ iss: 'signer', sub: 'signer', jti: crypto.randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey);
    const more = [
      {
        client_id: 'signer',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] },
        grant_types: ['client_credentials'],
      },
      {
        client_id: 'poster',
        client_secret: SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
      },
    ];
    bed = await OAuthBed.start({
      storage,
      environment: { CLIENTS: JSON.stringify([...CLIENTS, ...more]) },
    });
  });

  afterAll(() => bed.close());

  const post = (path: string, body: Readonly<Record<string, string>>, headers = {}) =>
    fetch(`${bed.url}/oauth/${path}`, { method: 'POST', body: new URLSearchParams(body), headers });
  const now = () => Math.floor(Date.now() / 1000);

  it.each([
    ['a minute', () => ({ aud: bed.url, exp: now() + 60 }), 200],
    ['the issuer in a list', () => ({ aud: [bed.url], exp: now() + 60 }), 200],
    ['two audiences', () => ({ aud: [bed.url, 'https://evil.example'], exp: now() + 60 }), 401],
    ['the token endpoint', () => ({ aud: `${bed.url}/oauth/token`, exp: now() + 60 }), 401],
    ['ten years', () => ({ aud: bed.url, exp: now() + 315_360_000 }), 401],
    ['ten minutes', () => ({ aud: bed.url, exp: now() + 600 }), 401],
  ])('an assertion for %s', async (_what, claims, status) => {
    const client_assertion = await sign(claims());

    const response = await post('token', {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION,
      client_assertion,
    });

    expect(response.status).toBe(status);
  });

  it('take a secret in the way that the client registered', async () => {
    const grant_type = 'client_credentials';
    const body = { grant_type, client_id: 'machine', client_secret: SECRET };
    const poster = `Basic ${Buffer.from(`poster:${SECRET}`).toString('base64')}`;

    expect((await post('token', { grant_type }, { authorization: BASIC })).status).toBe(200);
    expect((await post('token', { ...body, client_id: 'poster' })).status).toBe(200);
    expect((await post('token', body)).status).toBe(401);
    expect((await post('token', { grant_type }, { authorization: poster })).status).toBe(401);
  });

  it('slow a device down that asks too often', async () => {
    const started = await (
      await post('device_authorization', { client_id: 'tv', scope: 'openid' })
    ).json();
    expect(started.interval).toBe(5);
    const poll = async () => {
      const { device_code } = started;
      const asked = await post('token', { client_id: 'tv', grant_type: DEVICE_CODE, device_code });
      const { error } = await asked.json();
      return String(error);
    };

    const errors = await Promise.all([poll(), poll(), poll(), poll()]);
    bed.clock.advance(5);

    expect(errors.toSorted()).toEqual([
      'authorization_pending',
      'slow_down',
      'slow_down',
      'slow_down',
    ]);
    await expect(poll()).resolves.toBe('authorization_pending');
    await expect(poll()).resolves.toBe('slow_down');
  });

  it('use a DPoP proof once, for as long as it is good', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const proof = await new SignJWT({
      htm: 'POST',
      htu: `${bed.url}/oauth/token`,
      jti: crypto.randomUUID(),
      iat: now() + 290,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .sign(privateKey);
    const use = async () => {
      const headers = { authorization: BASIC, dpop: proof };
      return (await post('token', { grant_type: 'client_credentials' }, headers)).status;
    };

    expect(await use()).toBe(200);
    // The proof is good for 590 seconds. Its clock is that of the machine.
    bed.clock.advance(585);

    expect(await use()).toBe(400);
  });
});

describe.each(STORAGES)('what the platform publishes on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });

  afterAll(() => bed.close());

  it.each(['/oauth/jwks', '/.well-known/openid-configuration'])(
    '%s can be cached, and asked for changes',
    async (path) => {
      const first = await fetch(`${bed.url}${path}`);
      const etag = first.headers.get('etag')!;
      const again = await fetch(`${bed.url}${path}`, { headers: { 'if-none-match': etag } });
      const other = await fetch(`${bed.url}${path}`, { headers: { 'if-none-match': '"x"' } });

      expect(first.headers.get('cache-control')).toBe('public, max-age=900');
      expect(again.status).toBe(304);
      expect(other.status).toBe(200);
      await expect(other.json()).resolves.toEqual(await first.json());
    },
  );
});
