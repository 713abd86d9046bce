import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gcipClaims, TestIssuer, TestKey } from '../../testing/index.js';
import { gcip, type GcipOptions } from './index.js';

const projectId = 'novah-care';
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await TestIssuer.start({ issuer: `https://securetoken.google.com/${projectId}` });
});

afterAll(() => issuer.stop());

async function identityOf(
  claims: Parameters<typeof issuer.token>[0],
  options?: Partial<GcipOptions>,
) {
  const provider = gcip({ projectId, jwksUri: issuer.jwksUri, ...options });
  return provider.authenticate({ scheme: 'bearer', token: await issuer.token(claims) });
}

describe('gcip', () => {
  it('reads a token of Identity Platform', async () => {
    const claims = gcipClaims({
      projectId,
      tenant: 'acme-x1',
      signInProvider: 'saml.acme',
      claims: { roles: ['doctor'], permissions: ['patients.read'], at_hash: 'h' },
    });
    await expect(identityOf(claims)).resolves.toMatchObject({
      id: claims['sub'],
      issuer: `https://securetoken.google.com/${projectId}`,
      provider: 'gcip',
      email: 'ana@novah.example',
      emailVerified: true,
      name: 'Ana Souza',
      tenantId: 'acme-x1',
      authenticatedAt: claims['auth_time'],
      authenticationMethods: ['saml.acme'],
      roles: ['doctor'],
      permissions: ['patients.read'],
      platformRoles: [],
    });
  });

  it('has no tenant where the project has none', async () => {
    const identity = await identityOf(gcipClaims({ projectId }));
    expect(identity.tenantId).toBeUndefined();
    const odd = await identityOf(gcipClaims({ projectId, claims: { firebase: ['acme'] } }));
    expect(odd).toMatchObject({ tenantId: undefined, authenticationMethods: [] });
  });

  it('lets the configured tenants in only', async () => {
    const tenants = ['acme-x1', 'zeta-y2'];
    await identityOf(gcipClaims({ projectId, tenant: 'zeta-y2' }), { tenants });
    const refused = { code: 'token_invalid', reason: 'tenant not allowed' };
    for (const claims of [
      gcipClaims({ projectId, tenant: 'other' }),
      gcipClaims({ projectId }),
      gcipClaims({ projectId, claims: { firebase: { tenant: ['acme-x1'] } } }),
      gcipClaims({ projectId, claims: { firebase: undefined } }),
    ]) {
      await expect(identityOf(claims, { tenants })).rejects.toMatchObject(refused);
    }
  });

  it.each([
    [{ auth_time: undefined }, 'token_invalid'],
    [{ auth_time: 4102444800 }, 'token_invalid'],
    [{ auth_time: '1' }, 'token_invalid'],
    [{ sub: '' }, 'token_invalid'],
    [{ aud: 'other-project' }, 'token_invalid'],
    [{ iss: 'https://securetoken.google.com/other-project' }, 'issuer_unknown'],
    [{ iss: 'https://session.firebase.google.com/novah-care' }, 'issuer_unknown'],
  ])('refuses %j', async (claims, code) => {
    await expect(identityOf(gcipClaims({ projectId, claims }))).rejects.toMatchObject({ code });
  });

  it('refuses what the emulator makes, and any algorithm but RS256', async () => {
    const provider = gcip({ projectId, jwksUri: issuer.jwksUri });
    const [, payload] = (await issuer.token(gcipClaims({ projectId }))).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const emulated = { scheme: 'bearer', token: `${header}.${payload}.` } as const;
    await expect(provider.authenticate(emulated)).rejects.toMatchObject({
      code: 'token_malformed',
    });
    const key = await TestKey.generate('PS256');
    const token = await issuer.token(gcipClaims({ projectId }), { key });
    await expect(provider.authenticate({ scheme: 'bearer', token })).rejects.toMatchObject({
      reason: 'algorithm not allowed',
    });
  });

  it.each<[string, object]>([
    ['gcip.projectId', { projectId: '' }],
    ['gcip.projectId', { projectId: 'novah/../other' }],
    ['gcip.projectId', { projectId: 'https://novah' }],
    ['gcip.tenants', { tenants: [] }],
    ['gcip.tenants', { tenants: 'acme' }],
  ])('names the mistake in %s: %j', (path, mistake) => {
    expect(() => gcip(Object.assign({ projectId }, mistake))).toThrow(
      expect.objectContaining({ path }),
    );
  });
});
