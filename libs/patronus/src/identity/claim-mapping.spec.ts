import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { standardFields } from './claim-mapping.js';

describe('the claims of any issuer', () => {
  const warned = jest.fn<(line: string) => void>();
  beforeEach(() => void jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned));
  afterEach(() => {
    jest.restoreAllMocks();
    warned.mockReset();
  });

  it('may hold a text where a list is expected', () => {
    const claims = {
      roles: 'head nurse',
      permissions: 'a.read  b.read',
      platform_roles: 'operator',
      platform_permissions: 'tenants.read audit.read',
      amr: 'pwd otp',
    };
    expect(standardFields(claims)).toMatchObject({
      roles: ['head nurse'],
      permissions: ['a.read', 'b.read'],
      platformRoles: ['operator'],
      platformPermissions: ['tenants.read', 'audit.read'],
      authenticationMethods: ['pwd', 'otp'],
    });
    expect(standardFields({ roles: '', permissions: ' ', amr: '' })).toMatchObject({
      roles: [],
      permissions: [],
      authenticationMethods: [],
    });
  });

  it.each([
    [{ scope: '', scp: ['a'] }, ['a']],
    [{ scope: [], scp: 'a b' }, ['a', 'b']],
    [{ scope: null, scp: 'a' }, ['a']],
    [{ scope: 'a', scp: 'b' }, ['a']],
  ])('name scopes in scp where scope names none: %j', (claims, scopes) => {
    expect(standardFields(claims).scopes).toEqual(scopes);
  });

  it('lose what is no text, and operators hear of it by issuer and claim', () => {
    for (const iss of ['https://a', 'https://b', 'https://a']) {
      const claims = { iss, roles: ['doctor', { name: 'admin' }, ''], permissions: { read: true } };
      expect(standardFields(claims)).toMatchObject({ roles: ['doctor'], permissions: [] });
    }
    expect(warned.mock.calls.map(([line]) => line.split(' holds')[0])).toEqual([
      'https://a: the claim roles',
      'https://a: the claim permissions',
      'https://b: the claim roles',
      'https://b: the claim permissions',
    ]);
    expect(warned.mock.calls.join()).not.toMatch(/admin|doctor/);
  });
});
