import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { PLATFORM } from '../../../apps/auth-server/src/events/catalogue.js';
import { ClientAdministrationService } from '../../../apps/auth-server/src/oauth/clients/client-administration.service.js';
import { CLIENT_DEFINITION } from '../../../apps/auth-server/src/oauth/clients/client-metadata.schema.js';
import { API, CALLBACK, CLIENTS, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

/** A resource server that knows no scopes. */
const PLAIN = 'https://plain.example.com';
const CODE = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'client_secret_basic' };

describe.each(STORAGES)('tokens for resource servers on %s', (storage) => {
  let bed: OAuthBed;

  beforeAll(async () => {
    const plain = { client_id: 'plain', client_secret: SECRET, redirect_uris: [CALLBACK] };
    bed = await OAuthBed.start({
      storage,
      environment: {
        CLIENT_REGISTRATION: 'open',
        CLIENTS: JSON.stringify([...CLIENTS, plain]),
        RESOURCE_SERVERS: JSON.stringify([
          { identifier: API, scopes: ['read', 'write'] },
          { identifier: PLAIN, scopes: [] },
        ]),
      },
    });
  });

  afterAll(() => bed.close());

  const registered = (metadata: object) =>
    client.dynamicClientRegistration(new URL(bed.url), metadata, client.ClientSecretBasic(), {
      execute: [client.allowInsecureRequests],
    });
  const ofAdministrator = async () => {
    const administration = bed.app.get(ClientAdministrationService, { strict: false });
    const { id, secret } = await administration.create(
      CLIENT_DEFINITION.parse({ metadata: CODE }),
      PLATFORM,
    );
    return bed.relyingParty(id, client.ClientSecretBasic(secret));
  };
  const answerTo = async (config: client.Configuration, resource: string) =>
    (await ask(config, bed.browser(), { scope: 'openid', resource })).page;

  it.each([API, PLAIN])('none for %s: a client that registered itself', async (resource) => {
    const person = await registered(CODE);
    const machine = await registered({ grant_types: ['client_credentials'], response_types: [] });

    const { url } = await answerTo(person, resource);

    expect(url.searchParams.get('error')).toBe('invalid_target');
    await expect(client.clientCredentialsGrant(machine, { resource })).rejects.toMatchObject({
      error: 'invalid_target',
    });
  });

  it('none for a client of the operator that may ask for none of the scopes', async () => {
    const { url } = await answerTo(await bed.relyingParty('plain'), API);

    expect(url.searchParams.get('error')).toBe('invalid_target');
  });

  it.each([
    ['that is declared', () => bed.relyingParty('plain')],
    ['of an administrator', ofAdministrator],
  ])('one without scopes for a client %s', async (_whose, config) => {
    const { email } = await bed.person();

    const tokens = await tokensFor(await config(), bed.browser(), email, {
      scope: 'openid',
      resource: PLAIN,
    });

    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: PLAIN });
    expect(decodeJwt(tokens.access_token)).not.toHaveProperty('platform_roles');
  });

  it.each([
    ['own', ['END_USER']],
    ['web', undefined],
  ])('tell the role to the operator’s own applications alone: %s', async (id, roles) => {
    const { email } = await bed.person();
    const asked = { scope: 'openid read', resource: API };

    const tokens = await tokensFor(await bed.relyingParty(id), bed.browser(), email, asked);

    expect(decodeJwt(tokens.access_token)['platform_roles']).toEqual(roles);
  });

  it('say of the person what the scopes open', async () => {
    const { email } = await bed.person();
    const web = await bed.relyingParty('web');
    const browser = bed.browser();
    const claimsFor = async (scope: string) => {
      const { access_token: token } = await tokensFor(web, browser, email, {
        scope,
        resource: API,
      });
      return decodeJwt(token);
    };

    const all = await claimsFor('openid email profile read');
    expect(all).toMatchObject({ email, email_verified: true, name: 'Ada', scope: 'read' });
    const named = await claimsFor('openid profile read');
    expect(named).toMatchObject({ name: 'Ada' });
    expect(named).not.toHaveProperty('email');
    // The person allowed more before: this request does not ask for it.
    const none = await claimsFor('openid read');
    for (const claim of ['email', 'email_verified', 'name']) {
      expect(none).not.toHaveProperty(claim);
    }
  });

  it('say the same once they are renewed', async () => {
    const { email } = await bed.person();
    const web = await bed.relyingParty('web');
    const tokens = await tokensFor(web, bed.browser(), email, {
      scope: 'openid email offline_access read',
      prompt: 'consent',
      resource: API,
    });

    const renewed = await client.refreshTokenGrant(web, tokens.refresh_token!, { resource: API });

    expect(decodeJwt(renewed.access_token)).toMatchObject({ email });
    expect(decodeJwt(renewed.access_token)).not.toHaveProperty('name');
  });

  it('are not widened by the claims parameter', async () => {
    const { email } = await bed.person();
    const web = await bed.relyingParty('web');
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { name: null } });

    const tokens = await tokensFor(web, bed.browser(), email, { scope: 'openid', claims });

    expect(tokens.claims()).not.toHaveProperty('email');
    const userinfo = await client.fetchUserInfo(web, tokens.access_token, tokens.claims()!.sub);
    expect(userinfo).not.toHaveProperty('name');
    expect(web.serverMetadata().claims_parameter_supported).not.toBe(true);
  });
});
