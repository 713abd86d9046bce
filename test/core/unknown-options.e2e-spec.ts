import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { Access, PatronusModule, permissions, TenantContext } from '@patronus/nestjs';
import { apiKeys, InMemoryApiKeyStore } from '@patronus/nestjs/api-key';
import { authApi } from '@patronus/nestjs/auth-api';
import { toSql } from '@patronus/nestjs/casl';
import { introspection } from '@patronus/nestjs/introspection';
import { auth0, gcip, keycloak, oidc } from '@patronus/nestjs/jwt';
import { passport } from '@patronus/nestjs/passport';
import {
  auth0Claims,
  expectIsolated,
  gcipClaims,
  keycloakClaims,
  mockIdentity,
  TestIssuer,
  testIdentity,
} from '@patronus/nestjs/testing';

/** Calls as plain JavaScript does, for which the types refuse nothing. */
const call = (target: Function, ...args: readonly unknown[]): unknown =>
  Reflect.apply(target, undefined, args);

const strategy = { authenticate: () => undefined };
const toIdentity = () => ({ id: 'ana' });
const tenants = [{ id: 'norte', headers: {}, marks: [], param: {} }];

describe('an option that does not exist is refused, with the nearest one that does', () => {
  const jwt = { strct: true };
  const network = { insecureHost: ['keycloak'] };
  const url = 'https://id.example.com';
  const api = { domain: 'x.auth0.com', audience: 'api' };
  const realm = { url, realm: 'novah', clientId: 'api' };

  it.each<[string, () => unknown, string]>([
    ['oidc', () => call(oidc, { issuer: url, audience: 'api', ...jwt }), 'oidc.strct: "strict"'],
    [
      'oidc',
      () => call(oidc, { issuer: url, audience: 'api', ...network }),
      'oidc.insecureHost: "insecureHosts"',
    ],
    ['auth0', () => call(auth0, { ...api, namespac: 'https://x/' }), 'auth0.namespac: "namespace"'],
    [
      'keycloak',
      () => call(keycloak, { ...realm, audiense: 'a' }),
      'keycloak.audiense: "audience"',
    ],
    ['gcip', () => call(gcip, { projectId: 'novah', tenant: ['a'] }), 'gcip.tenant: "tenants"'],
    [
      'introspection',
      () => call(introspection, { url, clientId: 'a', clientSecret: 'b', audiense: 'c' }),
      'introspection.audiense: "audience"',
    ],
    ['authApi', () => call(authApi, { url, isuer: 'a' }), 'authApi.isuer: "issuer"'],
    [
      'passport',
      () => call(passport, strategy, toIdentity, { isuer: 'a' }),
      'passport.isuer: "issuer"',
    ],
    [
      'apiKeys',
      () => call(apiKeys, { store: new InMemoryApiKeyStore(), prefiks: 'a' }),
      'apiKeys.prefiks: "prefix"',
    ],
    [
      'toSql',
      () => call(toSql, { op: 'and', of: [] }, {}, { firstParameters: 2 }),
      'toSql.firstParameters: "firstParameter"',
    ],
    ['gcipClaims', () => call(gcipClaims, { tenat: 'a' }), 'gcipClaims.tenat: "tenant"'],
    ['auth0Claims', () => call(auth0Claims, { domian: 'a' }), 'auth0Claims.domian: "domain"'],
    [
      'keycloakClaims',
      () => call(keycloakClaims, { realmRole: [] }),
      'keycloakClaims.realmRole: "realmRoles"',
    ],
  ])('%s', (_name, make, sentence) => {
    expect(make).toThrow(sentence.replace(': ', ': is not an option. Did you mean ') + '?');
  });

  it('TestIssuer and expectIsolated', async () => {
    await expect(call(TestIssuer.start, { tenantClam: 'a' })).rejects.toThrow(
      'TestIssuer.start.tenantClam: is not an option. Did you mean "tenantClaim"?',
    );
    await expect(call(expectIsolated, undefined, { tenants, routes: [] })).rejects.toThrow(
      'plan.tenants[0].param: is not an option. Did you mean "params"?',
    );
    const issuer = await TestIssuer.start();
    const token = issuer.token.bind(issuer);
    await expect(call(token, {}, { expiresin: -1 })).rejects.toThrow(
      'TestIssuer.token.expiresin: is not an option. Did you mean "expiresIn"?',
    );
    await issuer.stop();
  });

  it('what a service asks with, too', async () => {
    const tenancy = { memberships: { claim: 'clinics' } };
    @Module({ imports: [PatronusModule.forRoot({ identityProvider: mockIdentity(), tenancy })] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    const access = app.get(Access);
    const identity = testIdentity({ id: 'ana', claims: { clinics: ['norte', 'sur'] } });
    const has = access.has.bind(access);
    await expect(call(has, permissions('a.b'), { identity, tenant: 'sur' })).rejects.toThrow(
      'Access.tenant: is not an option. Did you mean "tenantId"?',
    );
    const context = app.get(TenantContext);
    const crossTenant = context.crossTenant.bind(context);
    await expect(call(crossTenant, { reason: 'ticket', too: 'sur' }, () => 1)).rejects.toThrow(
      'crossTenant.too: is not an option. Did you mean "to"?',
    );
    await app.close();
  });

  it('the claim of memberships, too', async () => {
    const options = {
      identityProvider: mockIdentity(),
      tenancy: { memberships: { claim: 'clinics', clam: 'a' } },
    };
    const imports = [PatronusModule.forRoot(options)];
    @Module({ imports })
    class AppModule {}
    const start = NestFactory.createApplicationContext(AppModule, {
      logger: false,
      abortOnError: false,
    });
    await expect(start).rejects.toThrow('tenancy.memberships.clam: is not an option.');
  });
});
