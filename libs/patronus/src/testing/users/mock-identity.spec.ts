import { afterEach, describe, expect, it } from '@jest/globals';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import { describeIdentityProvider } from '../contract/describe-identity-provider.js';
import { asUser, mockIdentity, type TestUser, userToken } from '../index.js';

const bearer = (token: string) => ({ scheme: 'bearer', token }) as const;
const identityOf = (user?: TestUser, tenantClaim?: string) =>
  mockIdentity(tenantClaim === undefined ? {} : { tenantClaim }).authenticate(
    bearer(userToken(user)),
  );

describeIdentityProvider(
  'mockIdentity()',
  {
    async start() {
      return {
        provider: mockIdentity(),
        good: () => bearer(userToken({ id: 'ana', roles: ['doctor'] })),
        expected: { id: 'ana', roles: ['doctor'] },
        other: () => bearer(userToken({ id: 'ben' })),
        expired: () => bearer(userToken({ id: 'ana', expiresAt: Date.now() / 1000 - 60 })),
        // A token as another process would seal it: the same text under another key.
        forged: () => bearer(userToken({ id: 'ana' }).replace(/.{43}$/, 'A'.repeat(43))),
        stop: () => undefined,
      };
    },
  },
  {
    framework: { describe, it },
    notApplicable: {
      foreign: 'there is no audience',
      outage: 'there is no server',
      recover: 'there is no server',
      calls: 'there is no server',
    },
  },
);

describe('a user of a test', () => {
  it('is what was said of them, and nothing more', async () => {
    const { claims, expiresAt, issuedAt, ...others } = await identityOf({
      id: 'ana',
      issuer: 'https://id.example',
      email: 'ana@novah.example',
      emailVerified: true,
      name: 'Ana Souza',
      tenantId: 'norte',
      roles: ['doctor'],
      permissions: ['patients.read'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['patients', 'openid'],
      sessionId: 's-1',
      tokenId: 't-1',
      authenticatedAt: 1_700_000_000,
      authenticationMethods: ['otp'],
      authenticationLevel: '2',
      claims: { department: 'cardiology' },
    });
    expect(others).toEqual({
      id: 'ana',
      issuer: 'https://id.example',
      provider: 'mock',
      email: 'ana@novah.example',
      emailVerified: true,
      name: 'Ana Souza',
      tenantId: 'norte',
      roles: ['doctor'],
      permissions: ['patients.read'],
      platformRoles: ['auditor'],
      platformPermissions: ['audit.read'],
      scopes: ['patients', 'openid'],
      sessionId: 's-1',
      tokenId: 't-1',
      authenticatedAt: 1_700_000_000,
      authenticationMethods: ['otp'],
      authenticationLevel: '2',
      isService: false,
    });
    expect(claims).toMatchObject({
      sub: 'ana',
      scope: 'patients openid',
      department: 'cardiology',
    });
    expect(expiresAt).toBeGreaterThan(Date.now() / 1000);
    expect(issuedAt).toBeLessThanOrEqual(Date.now() / 1000);
    const nobody = await identityOf();
    expect(nobody).toMatchObject({ tenantId: undefined, roles: [], permissions: [], scopes: [] });
  });

  it('is the same one where described alike, and another where not', async () => {
    const reader = await identityOf({ permissions: ['patients.read'] });
    const again = await identityOf({ permissions: ['patients.read'] });
    const writer = await identityOf({ permissions: ['patients.write'] });
    expect(again.id).toBe(reader.id);
    expect(writer.id).not.toBe(reader.id);
    expect((await identityOf({ claims: { sub: 'ana' } })).id).toBe('ana');
  });

  it('stands in the tenant claim only where one is named', async () => {
    const user = { tenantId: 'norte', claims: { empresa_id: 'sur' } };
    expect((await identityOf(user)).claims['empresa_id']).toBe('sur');
    const named = await identityOf(user, 'empresa_id');
    expect([named.claims['empresa_id'], named.tenantId]).toEqual(['norte', 'norte']);
    expect((await identityOf({ claims: { empresa_id: 12 } }, 'empresa_id')).claims).toMatchObject({
      empresa_id: 12,
    });
  });

  it.each([
    ['id', { id: '' }, 'token_invalid'],
    ['issuer', { claims: { iss: 7 } }, 'token_invalid'],
    ['expiresAt', { claims: { exp: 'never' } }, 'token_invalid'],
  ])('is refused where %s is no such thing', async (_what, user, code) => {
    await expect(identityOf(user)).rejects.toMatchObject({ code });
  });

  it('has no member that does not exist', () => {
    const misspelt = { id: 'ana', tenant: 'norte' };
    expect(() => asUser(misspelt)).toThrow(PatronusConfigurationError);
    expect(() => asUser(misspelt)).toThrow('Did you mean "tenantId"?');
  });

  it('has a token that nobody takes for a real one', () => {
    const { authorization } = asUser({ id: 'ana' });
    expect(authorization).toMatch(/^Bearer patronus-test-user~[\w-]+~[\w-]{43}$/);
  });
});

describe('mockIdentity()', () => {
  const { NODE_ENV } = process.env;

  afterEach(() => {
    process.env['NODE_ENV'] = NODE_ENV;
  });

  it('is not made in production', () => {
    expect(() => mockIdentity()).not.toThrow();
    process.env['NODE_ENV'] = 'production';
    expect(() => mockIdentity()).toThrow(PatronusConfigurationError);
  });

  it('says which option is wrong', () => {
    const misspelt = { tenantClaim: 'empresa_id', claim: 'empresa_id' };
    expect(() => mockIdentity({ tenantClaim: '' })).toThrow('mockIdentity.tenantClaim');
    expect(() => mockIdentity(misspelt)).toThrow('mockIdentity.claim: is not an option');
  });
});
