import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as client from 'openid-client';
import { z } from 'zod';
import { API, CALLBACK, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { accept, ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const OFFLINE = { scope: 'openid offline_access read', prompt: 'consent' };
const ANSWER = z.object({ access_token: z.string(), refresh_token: z.string().default('') });
type Answer = z.output<typeof ANSWER>;

const CALLERS = Array.from({ length: 100 });

describe.each(STORAGES)('a hundred uses at once on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    web = await bed.relyingParty('web');
  });

  afterAll(() => bed.close());

  const isActive = async (token: string) => (await client.tokenIntrospection(web, token)).active;

  it.each([
    ['an opaque token', {}],
    ['a signed token', { resource: API }],
  ])('a code gives %s once, and takes back what it gave', async (_form, resource) => {
    const { email } = await bed.person();
    const browser = bed.browser();
    const { page, checks } = await ask(web, browser, { ...OFFLINE, ...resource });
    const back = await accept(browser, page, email);

    const winners = await atOnce({
      grant_type: 'authorization_code',
      code: back.url.searchParams.get('code')!,
      redirect_uri: CALLBACK,
      code_verifier: checks.pkceCodeVerifier!,
      ...resource,
    });

    expect(winners).toHaveLength(1);
    const [{ access_token: token, refresh_token: refreshToken }] = winners as [Answer];
    expect(await isActive(token)).toBe(false);
    await expect(client.refreshTokenGrant(web, refreshToken)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('a refresh token has one successor, which lives', async () => {
    const { email } = await bed.person();
    const { refresh_token: token } = await tokensFor(web, bed.browser(), email, OFFLINE);

    const answers = await atOnce({ grant_type: 'refresh_token', refresh_token: token! });

    expect(answers).toHaveLength(CALLERS.length);
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    const [{ refresh_token: successor }] = answers as [Answer];
    await expect(client.refreshTokenGrant(web, successor)).resolves.toHaveProperty('access_token');
  });

  it('a device code gives valid tokens once', async () => {
    const { email } = await bed.person();
    const tv = await bed.relyingParty('tv', client.None());
    const started = await client.initiateDeviceAuthorization(tv, {
      scope: 'openid offline_access',
    });
    const browser = bed.browser();
    const confirm = await browser.submit(await browser.open(started.verification_uri_complete!));
    await accept(browser, await browser.submit(confirm, { confirm: 'yes' }), email);

    const winners = await atOnce(
      { grant_type: DEVICE_CODE, device_code: started.device_code, client_id: 'tv' },
      {},
    );

    expect(winners).toHaveLength(1);
    const [{ refresh_token: refreshToken }] = winners as [Answer];
    await expect(client.refreshTokenGrant(tv, refreshToken)).resolves.toHaveProperty(
      'access_token',
    );
  });

  it('a DPoP proof can be used once', async () => {
    const machine = await bed.relyingParty('machine');
    const DPoP = client.getDPoPHandle(machine, await client.randomDPoPKeyPair('ES256'));
    let headers: Record<string, string> = {};
    machine[client.customFetch] = (url, options) => {
      headers = { ...options.headers };
      return fetch(url, options as RequestInit);
    };
    await client.clientCredentialsGrant(machine, {}, { DPoP });
    machine[client.customFetch] = (url, options) => {
      headers = { ...options.headers };
      return Promise.reject(new Error(`not sent to ${url}`));
    };
    await client.clientCredentialsGrant(machine, {}, { DPoP }).catch(() => undefined);

    const winners = await atOnce({ grant_type: 'client_credentials' }, headers);

    expect(winners).toHaveLength(1);
  });

  /** The successful answers of a hundred equal requests. */
  async function atOnce(
    parameters: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {
      authorization: `Basic ${Buffer.from(`web:${SECRET}`).toString('base64')}`,
    },
  ): Promise<Answer[]> {
    const answers = await Promise.all(
      CALLERS.map(() =>
        fetch(`${bed.url}/oauth/token`, {
          method: 'POST',
          headers,
          body: new URLSearchParams(parameters),
        }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 400);
    const won = answers.filter(({ status }) => status === 200);
    expect(refused).toHaveLength(CALLERS.length - won.length);
    return Promise.all(won.map(async (answer) => ANSWER.parse(await answer.json())));
  }
});
