import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import * as main from '@patronus/nestjs';
import * as jwt from '@patronus/nestjs/jwt';
import * as testing from '@patronus/nestjs/testing';

describe('the public surface', () => {
  it('of @patronus/nestjs', () => {
    expect(Object.keys(main).toSorted()).toEqual([
      'AuthEvents',
      'AuthGuard',
      'ClaimsPermissionSource',
      'CurrentTenant',
      'CurrentUser',
      'Identity',
      'IdentityCache',
      'IdentityProvider',
      'InMemoryRevocations',
      'IssuerDirectory',
      'OptionalAuth',
      'PatronusConfigurationError',
      'PatronusError',
      'PatronusModule',
      'PermissionCache',
      'PermissionSource',
      'PermissionsGuard',
      'Public',
      'RequireAnyPermission',
      'RequireAuthentication',
      'RequireDPoP',
      'RequirePermissions',
      'RequirePlatformPermissions',
      'RequireRoles',
      'RequireScopes',
      'Revocations',
      'TenantContext',
      'TenantOptional',
      'issuerDirectory',
    ]);
  });

  it('of @patronus/nestjs/jwt', () => {
    expect(Object.keys(jwt).toSorted()).toEqual([
      'JwtIdentityProvider',
      'auth0',
      'gcip',
      'keycloak',
      'oidc',
    ]);
  });

  it('of @patronus/nestjs/testing', () => {
    expect(Object.keys(testing).toSorted()).toEqual([
      'TestIssuer',
      'TestKey',
      'auth0Claims',
      'gcipClaims',
      'keycloakClaims',
    ]);
  });
});
