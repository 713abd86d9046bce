import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { CALLBACK, CLIENTS, OAuthBed } from '../support/oauth-bed.js';
import { accept, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CALLERS = Array.from({ length: 100 });

describe.each(STORAGES)('single-use values on %s', (storage) => {
  let bed: OAuthBed;
  let keys: CryptoKeyPair;

  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), alg: 'ES256', use: 'sig', kid: 'one' };
    const robot = {
      client_id: 'robot',
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
    };
    bed = await OAuthBed.start({
      storage,
      environment: { CLIENTS: JSON.stringify([...CLIENTS, robot]) },
    });
  });

  afterAll(() => bed.close());

  /**
   * Makes a hundred equal requests, on connections that are open already, so that none is ahead.
   */
  async function atOnce<T>(send: () => Promise<T>): Promise<T[]> {
    const connect = async () => (await fetch(`${bed.url}/health/live`)).text();
    await Promise.all(CALLERS.map(connect));
    return Promise.all(CALLERS.map(send));
  }

  it('the assertion of a client that proves itself by a key, of a hundred at once', async () => {
    const proof = client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' });
    const robot = await bed.relyingParty('robot', proof);
    await expect(client.clientCredentialsGrant(robot)).resolves.toHaveProperty('access_token');
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer('robot')
      .setSubject('robot')
      .setAudience(bed.url)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(keys.privateKey);

    const answers = await atOnce(() =>
      fetch(`${bed.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: 'robot',
          client_assertion_type: ASSERTION,
          client_assertion: assertion,
        }),
      }),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it('a pushed request: it gives one code, of a hundred that come at once', async () => {
    const own = await bed.relyingParty('own');
    const { email } = await bed.person();
    const browser = bed.browser();
    await tokensFor(own, browser, email);
    const url = await client.buildAuthorizationUrlWithPAR(own, {
      redirect_uri: CALLBACK,
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });

    const pages = await atOnce(() => browser.open(url));
    const late = await browser.open(url);

    const codes = pages.flatMap((page) => page.url.searchParams.getAll('code'));
    expect(codes).toHaveLength(1);
    expect(late.url.searchParams.has('code')).toBe(false);
    expect(late.text + late.url.search).toContain('invalid_request');
  });

  it('the code that a device shows: it is of one of those who confirm it at once', async () => {
    const tv = await bed.relyingParty('tv', client.None());
    const started = await client.initiateDeviceAuthorization(tv, { scope: 'openid' });
    const [first, second] = [await bed.person(), await bed.person()];
    const confirm = async ({ email }: { readonly email: string }) => {
      const browser = bed.browser();
      const entry = await browser.open(started.verification_uri_complete!);
      const question = await browser.submit(entry);
      return async () => accept(browser, await browser.submit(question, { confirm: 'yes' }), email);
    };
    // Both see the page before either answers it.
    const [one, other] = [await confirm(first), await confirm(second)];

    const ends = await Promise.all([one(), other()]);

    const connected = ends.map(({ text }) => text.includes('Device connected'));
    expect(connected.filter(Boolean)).toHaveLength(1);
    const tokens = await client.pollDeviceAuthorizationGrant(tv, { ...started, interval: 0 });
    expect(decodeJwt(tokens.id_token!).sub).toBe((connected[0] ? first : second).id);
  });
});
