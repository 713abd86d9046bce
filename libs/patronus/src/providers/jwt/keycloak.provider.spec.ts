import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keycloakClaims, TestIssuer, type TestClaims } from '../../testing/index.js';
import { keycloak, type KeycloakOptions } from './index.js';

const clientId = 'patients-web';
let issuer: TestIssuer;
let url: string;

beforeAll(async () => {
  issuer = await TestIssuer.start({ path: '/realms/novah' });
  url = new URL(issuer.url).origin;
});

afterAll(() => issuer.stop());

type Shape = Partial<Parameters<typeof keycloakClaims>[0]>;

async function identityOf(shape: Shape, options: object = { clientId }) {
  const complete = optionsWith({ url, realm: 'novah' }, options);
  const claims = keycloakClaims({ issuer: issuer.url, clientId, ...shape });
  const token = await issuer.token(claims);
  return keycloak(complete).authenticate({ scheme: 'bearer', token });
}

/** Creates options, including those that the type checker would refuse. */
function optionsWith(...parts: object[]): KeycloakOptions {
  return Object.assign({}, ...parts);
}

const extra = (claims: TestClaims) => ({ claims });

describe('keycloak', () => {
  it('reads an access token, with keys by discovery', async () => {
    const shape = {
      realmRoles: ['offline_access', 'doctor'],
      clientRoles: ['doctor', 'editor'],
      organization: 'acme',
    };
    await expect(identityOf(shape, { url: `${url}/`, clientId })).resolves.toMatchObject({
      id: '5c6a9c1e-6f0e-4f0a-9a53-0d6a2f7d3b11',
      issuer: issuer.url,
      provider: 'keycloak',
      roles: ['offline_access', 'doctor', 'editor'],
      tenantId: 'acme',
      scopes: ['openid', 'email', 'profile'],
      sessionId: '0f6b1d7a-55a1-4b0e-8c5f-9f6e2f1d8a3c',
      email: 'ana@novah.example',
    });
  });

  it('takes the roles of its own client only', async () => {
    const { roles } = await identityOf({ realmRoles: ['doctor'] });
    expect(roles).toEqual(['doctor']);
    const audience = 'account';
    const withoutClient = await identityOf({ clientRoles: ['editor'] }, { audience });
    expect(withoutClient.roles).toEqual([]);
    for (const name of ['__proto__', 'constructor']) {
      const polluted = await identityOf({}, { audience, clientId: name });
      expect(polluted.roles).toEqual([]);
    }
  });

  it.each<[unknown, string | undefined]>([
    [['acme'], 'acme'],
    [{ acme: { id: '7' } }, 'acme'],
    [['acme', 'zeta'], undefined],
    [{ acme: {}, zeta: {} }, undefined],
    [[], undefined],
    [{}, undefined],
    ['acme', 'acme'],
    [7, undefined],
  ])('takes the organization %j for the tenant %s', async (organization, tenantId) => {
    expect((await identityOf(extra({ organization }))).tenantId).toBe(tenantId);
  });

  it.each(['Refresh', 'ID', 'Offline', 'Logout', 'bearer', '', 7, null, ['Bearer']])(
    'refuses a token of the type %j',
    async (typ) => {
      await expect(identityOf(extra({ typ }))).rejects.toMatchObject({
        code: 'token_invalid',
        reason: 'not an access token',
      });
    },
  );

  it('accepts a token of the type DPoP that is bound to a key, and no other', async () => {
    const jkt = 'a'.repeat(43);
    const bound = await identityOf({ boundTo: jkt });
    expect(bound).toMatchObject({ confirmation: { jkt }, claims: { typ: 'DPoP' } });
    for (const cnf of [undefined, null, {}, { jkt: '' }, { jkt: 7 }, [jkt], { 'x5t#S256': jkt }]) {
      await expect(identityOf(extra({ typ: 'DPoP', cnf }))).rejects.toMatchObject({
        code: 'token_invalid',
        reason: 'of the type DPoP, but not bound to a key',
      });
    }
  });

  it('reads roles that are a single text', async () => {
    const claims = {
      realm_access: { roles: 'doctor' },
      resource_access: { [clientId]: { roles: 'head nurse' } },
    };
    expect((await identityOf(extra(claims))).roles).toEqual(['doctor', 'head nurse']);
  });

  it('accepts a token that says no type', async () => {
    await expect(identityOf(extra({ typ: undefined }))).resolves.toBeDefined();
  });

  it('knows its client by aud or azp, where no audience is configured', async () => {
    await expect(
      identityOf(extra({ azp: 'other', aud: ['account', clientId] })),
    ).resolves.toBeDefined();
    await expect(identityOf(extra({ azp: 'other', aud: clientId }))).resolves.toBeDefined();
    await expect(identityOf(extra({ aud: undefined }))).resolves.toBeDefined();
    const refused = {
      code: 'token_invalid',
      reason: expect.stringMatching(/^aud is "account" and azp is .*; expected "patients-web"$/),
    };
    await expect(identityOf(extra({ azp: 'other' }))).rejects.toMatchObject(refused);
    await expect(identityOf(extra({ azp: [clientId] }))).rejects.toMatchObject(refused);
  });

  it('wants the audience, where one is configured, whatever the client', async () => {
    const options = { audience: 'patients-api', clientId };
    await expect(identityOf({ audience: ['patients-api'] }, options)).resolves.toBeDefined();
    await expect(identityOf({}, options)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it.each<[string, object]>([
    ['keycloak.audience', { clientId: undefined }],
    ['keycloak.audience', { audience: [] }],
    ['keycloak.clientId', { clientId: '' }],
    ['keycloak.url', { url: 'http://sso.example' }],
    ['keycloak.url', { url: undefined }],
    ['keycloak.realm', { realm: '' }],
  ])('names the mistake in %s: %j', (path, mistake) => {
    const good = { url: 'https://sso.example', realm: 'novah', clientId };
    expect(() => keycloak(optionsWith(good, mistake))).toThrow(expect.objectContaining({ path }));
  });
});
