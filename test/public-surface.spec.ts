import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import * as main from '@patronus/nestjs';
import * as apiKey from '@patronus/nestjs/api-key';
import * as casl from '@patronus/nestjs/casl';
import * as drizzle from '@patronus/nestjs/drizzle';
import * as jwt from '@patronus/nestjs/jwt';
import * as passport from '@patronus/nestjs/passport';
import * as redis from '@patronus/nestjs/redis';
import * as kysely from '@patronus/nestjs/kysely';
import * as postgres from '@patronus/nestjs/postgres';
import * as prisma from '@patronus/nestjs/prisma';
import * as testing from '@patronus/nestjs/testing';
import * as typeorm from '@patronus/nestjs/typeorm';

describe('the public surface', () => {
  it('of @patronus/nestjs', () => {
    expect(Object.keys(main).toSorted()).toEqual([
      'AuthEvents',
      'AuthGuard',
      'Authorize',
      'CachedFor',
      'ClaimsPermissionSource',
      'CurrentTenant',
      'CurrentUser',
      'DPoPReplays',
      'Identity',
      'IdentityCache',
      'IdentityProvider',
      'InMemoryDPoPReplays',
      'InMemoryRevocations',
      'IssuerDirectory',
      'Memberships',
      'OptionalAuth',
      'OwnedResource',
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
      'RequireOwner',
      'RequirePermissions',
      'RequirePlatformPermissions',
      'RequireRoles',
      'RequireScopes',
      'Resource',
      'ResourceLoader',
      'ResourcePolicy',
      'Revocations',
      'TenantCache',
      'TenantCacheInterceptor',
      'TenantContext',
      'TenantDirectory',
      'TenantJobs',
      'TenantLookups',
      'TenantOptional',
      'clearSessionCookie',
      'issuerDirectory',
      'sessionCookie',
    ]);
  });

  it('of @patronus/nestjs/casl', () => {
    expect(Object.keys(casl).toSorted()).toEqual([
      'Can',
      'CaslAbilities',
      'CaslResource',
      'conditionsFor',
      'toSql',
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

  it('of @patronus/nestjs/redis', () => {
    expect(Object.keys(redis).toSorted()).toEqual([
      'RedisDPoPReplays',
      'RedisRevocations',
      'redisDPoPReplays',
      'redisRevocations',
    ]);
  });

  it('of @patronus/nestjs/api-key', () => {
    expect(Object.keys(apiKey).toSorted()).toEqual([
      'ApiKeyIdentityProvider',
      'ApiKeyStore',
      'InMemoryApiKeyStore',
      'apiKeys',
      'createApiKey',
    ]);
  });

  it('of @patronus/nestjs/passport', () => {
    expect(Object.keys(passport).toSorted()).toEqual(['PassportIdentityProvider', 'passport']);
  });

  it('of the entries for databases', () => {
    expect(Object.keys(postgres).toSorted()).toEqual([
      'TenantDatabase',
      'assertTenantIsolation',
      'tenantIsolationSql',
    ]);
    expect(Object.keys(drizzle)).toEqual(['tenantDrizzle']);
    expect(Object.keys(kysely)).toEqual(['tenantKysely']);
    expect(Object.keys(typeorm)).toEqual(['tenantDataSource']);
    expect(Object.keys(prisma)).toEqual(['tenantPrisma']);
  });

  it('of @patronus/nestjs/testing', () => {
    expect(Object.keys(testing).toSorted()).toEqual([
      'TestIssuer',
      'TestKey',
      'auth0Claims',
      'describeIdentityProvider',
      'expectIsolated',
      'gcipClaims',
      'keycloakClaims',
    ]);
  });
});
