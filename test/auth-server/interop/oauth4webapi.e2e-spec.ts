import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import { API, CALLBACK, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { administratorOf } from './administrator.js';
import { INSECURE, WebApiClient } from './web-api-client.js';
import { STORAGES } from '../support/platform-storage.js';

const WEB: oauth.Client = { client_id: 'web' };
const PHONE: oauth.Client = { client_id: 'phone' };
const LOOPBACK = 'http://127.0.0.1:49152/callback';
const BYE = 'https://app.example.com/bye';

const MANAGED = z.looseObject({
  registration_client_uri: z.string(),
  registration_access_token: z.string(),
});

describe.each(STORAGES)('oauth4webapi and the platform on %s', (storage) => {
  let bed: OAuthBed;
  let as: oauth.AuthorizationServer;
  let web: WebApiClient;
  let own: WebApiClient;

  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    web = await WebApiClient.discover(bed, WEB);
    own = await WebApiClient.discover(bed, { client_id: 'own' });
    as = web.as;
  });

  afterAll(() => bed.close());

  const secret = oauth.ClientSecretBasic(SECRET);
  const introspect = (token: string) => own.introspect(token);

  const asResource = (token: string, expectedAudience = API) =>
    oauth.validateJwtAccessToken(
      as,
      new Request(`${API}/patients`, { headers: { authorization: `Bearer ${token}` } }),
      expectedAudience,
      INSECURE,
    );

  it('signs a person in: code, PKCE, iss, a verified ID token, and userinfo', async () => {
    const { tokens, id, email } = await web.tokens();

    expect(decodeProtectedHeader(tokens.id_token!).alg).toBe('RS256');
    const claims = oauth.getValidatedIdTokenClaims(tokens)!;
    expect(claims).toMatchObject({ iss: bed.url, aud: 'web', sub: id });
    const response = await oauth.userInfoRequest(as, WEB, tokens.access_token, INSECURE);
    await expect(oauth.processUserInfoResponse(as, WEB, claims.sub, response)).resolves.toEqual({
      sub: id,
      email,
      email_verified: true,
    });
  });

  it.each([
    ['names another issuer', 'https://evil.example.com'],
    ['names none', undefined],
  ])('takes no answer that %s', async (_what, iss) => {
    const { url, state } = await web.cameBack();
    const forged = new URL(url);
    forged.searchParams.delete('iss');
    if (iss !== undefined) forged.searchParams.set('iss', iss);

    expect(() => oauth.validateAuthResponse(as, WEB, forged, state)).toThrow(/"iss"/);
    expect(() => oauth.validateAuthResponse(as, WEB, url, state)).not.toThrow();
  });

  it('refreshes, introspects and revokes', async () => {
    const { tokens, id } = await web.tokens({
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    const refresh = (token: string) =>
      oauth.refreshTokenGrantRequest(as, WEB, secret, token, INSECURE);

    const response = await refresh(tokens.refresh_token!);
    const next = await oauth.processRefreshTokenResponse(as, WEB, response);

    expect(oauth.getValidatedIdTokenClaims(next)).toMatchObject({ sub: id });
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    await expect(introspect(next.access_token)).resolves.toMatchObject({
      active: true,
      sub: id,
      client_id: 'web',
    });
    const revoked = await oauth.revocationRequest(as, WEB, secret, next.refresh_token!, INSECURE);
    await oauth.processRevocationResponse(revoked);
    await expect(introspect(next.access_token)).resolves.toEqual({ active: false });
    await expect(
      oauth.processRefreshTokenResponse(as, WEB, await refresh(next.refresh_token!)),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('finds at a resource server that the access token of a person is one (RFC 9068)', async () => {
    const { tokens, id } = await web.tokens({ scope: 'openid read', resource: API });

    await expect(asResource(tokens.access_token)).resolves.toMatchObject({
      iss: bed.url,
      aud: API,
      sub: id,
      client_id: 'web',
      scope: 'read',
    });
    await expect(asResource(tokens.access_token, 'https://other.example.com')).rejects.toThrow();
    await expect(asResource(tokens.id_token!, 'web')).rejects.toThrow();
  });

  it('finds the same of a program’s', async () => {
    const machine: oauth.Client = { client_id: 'machine' };
    const parameters = { resource: API, scope: 'read' };
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      machine,
      secret,
      parameters,
      INSECURE,
    );
    const { access_token: token } = await oauth.processClientCredentialsResponse(
      as,
      machine,
      response,
    );

    await expect(asResource(token)).resolves.toMatchObject({ sub: 'machine', scope: 'read' });
  });

  it('binds tokens to its key (DPoP), and repeats the request with the nonce', async () => {
    const redirect = { redirect_uri: LOOPBACK, scope: 'openid read', resource: API };
    const back = await (await WebApiClient.discover(bed, PHONE, oauth.None())).cameBack(redirect);
    const keys = await oauth.generateKeyPair('ES256');
    const proofs: unknown[] = [];
    // Values that a client keeps for too long.
    let stale: string | undefined = 'a nonce of yesterday';
    const DPoP = oauth.DPoP(PHONE, keys, {
      [oauth.modifyAssertion]: (_header, payload) => {
        if (stale !== undefined) payload['nonce'] = stale;
        proofs.push(payload['nonce']);
      },
    });
    const ask = async () =>
      oauth.processAuthorizationCodeResponse(
        as,
        PHONE,
        await oauth.authorizationCodeGrantRequest(
          as,
          PHONE,
          oauth.None(),
          oauth.validateAuthResponse(as, PHONE, back.url, back.state),
          LOOPBACK,
          back.verifier,
          { ...INSECURE, DPoP, additionalParameters: { resource: API } },
        ),
        { expectedNonce: back.nonce },
      );

    const refused: unknown = await ask().catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(refused)).toBe(true);
    stale = undefined;
    const tokens = await ask();

    expect(proofs).toEqual(['a nonce of yesterday', expect.any(String)]);
    expect(proofs[1]).not.toBe(proofs[0]);
    expect(tokens.token_type).toBe('dpop');
    const { cnf } = await introspect(tokens.access_token);
    expect(cnf).toEqual({ jkt: await DPoP.calculateThumbprint() });
    await expect(asResource(tokens.access_token)).rejects.toThrow();
    const proven = new Request(`${API}/patients`, {
      headers: {
        authorization: `DPoP ${tokens.access_token}`,
        dpop: await proofOf(DPoP, tokens.access_token),
      },
    });
    await expect(oauth.validateJwtAccessToken(as, proven, API, INSECURE)).resolves.toMatchObject({
      cnf,
    });
  });

  it('registers with an initial access token, signs a person in, and is deleted', async () => {
    const administrator = await administratorOf(bed);
    const { body } = await bed.platform.api(
      'POST',
      '/api/v1/admin/initial-access-tokens',
      {},
      administrator,
    );
    const register = (metadata: Partial<oauth.OmitSymbolProperties<oauth.Client>>) =>
      oauth.dynamicClientRegistrationRequest(as, metadata, {
        ...INSECURE,
        initialAccessToken: body.token,
      });

    const response = await register({ redirect_uris: [CALLBACK], client_name: 'Newcomer' });
    const registered = await oauth.processDynamicClientRegistrationResponse(response);
    const authentication = oauth.ClientSecretBasic(z.string().parse(registered.client_secret));

    const newcomer = await WebApiClient.discover(bed, registered, authentication);
    const { tokens, id } = await newcomer.tokens();
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: id });

    const manage = (method: string, uri: string, token: string) =>
      oauth.protectedResourceRequest(token, method, new URL(uri), undefined, undefined, INSECURE);
    const { registration_client_uri: uri, registration_access_token: token } =
      MANAGED.parse(registered);
    const read = MANAGED.parse(await (await manage('GET', uri, token)).json());
    expect(read).toMatchObject({ client_id: registered.client_id, client_name: 'Newcomer' });
    const removed = await manage('DELETE', uri, read.registration_access_token);
    expect(removed.status).toBe(204);
    await expect(manage('GET', uri, read.registration_access_token)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('does not register with another token', async () => {
    const response = await oauth.dynamicClientRegistrationRequest(
      as,
      { redirect_uris: [CALLBACK] },
      { ...INSECURE, initialAccessToken: 'x' },
    );

    await expect(oauth.processDynamicClientRegistrationResponse(response)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('signs a person out (RP-initiated logout)', async () => {
    const { tokens, browser } = await own.tokens({ scope: 'openid read', resource: API });
    const { active, sid } = await introspect(tokens.access_token);
    expect([active, sid]).toEqual([true, expect.any(String)]);
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: BYE,
      state: 'kept',
    });

    const page = await browser.open(`${as.end_session_endpoint}?${query}`);
    const { url } = await browser.submit(page, { logout: 'yes' });

    expect(url.href).toBe(`${BYE}?state=kept`);
    await expect(introspect(tokens.access_token)).resolves.toEqual({ active: false });
  });
});

/** Creates the proof that it would send with a token to the API of {@link API}. */
async function proofOf(DPoP: oauth.DPoPHandle, token: string): Promise<string> {
  let proof: string | null = null;
  await oauth.protectedResourceRequest(
    token,
    'GET',
    new URL(`${API}/patients`),
    undefined,
    undefined,
    {
      DPoP,
      [oauth.customFetch]: (_url, { headers }) => {
        proof = new Headers(headers).get('dpop');
        return Promise.resolve(new Response());
      },
    },
  );
  if (proof === null) throw new Error('nothing was proven');
  return proof;
}
