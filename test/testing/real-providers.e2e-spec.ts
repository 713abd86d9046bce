import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type IdentityProvider, PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { auth0, gcip, keycloak, oidc } from '@patronus/nestjs/jwt';
import {
  asUser,
  auth0Claims,
  gcipClaims,
  keycloakClaims,
  mockIdentity,
  patronusMatchers,
  type TestClaims,
  TestIssuer,
  type TestUser,
  userToken,
} from '@patronus/nestjs/testing';
import request from 'supertest';
import { ADAPTERS } from '../core/adapters.js';

expect.extend(patronusMatchers);

@Controller()
class NotesController {
  @Get('notes') @RequirePermissions('notes.read') read() {
    return [];
  }
}

const READER: TestUser = { tenantId: 'norte', permissions: ['notes.read'] };
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await TestIssuer.start({ path: '/realms/novah', tenantClaim: 'empresa_id' });
});

afterAll(() => issuer.stop());

describe.each(ADAPTERS)('users of tests before other providers, on %s', (_name, adapter) => {
  async function start(identityProvider: IdentityProvider | readonly IdentityProvider[]) {
    const module = await Test.createTestingModule({
      imports: [PatronusModule.forRoot({ identityProvider, tenancy: { claim: 'empresa_id' } })],
      controllers: [NotesController],
    }).compile();
    const app = module.createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    return app;
  }

  const ask = (app: INestApplication, headers: Record<string, string>) =>
    request(app.getHttpServer()).get('/notes').set(headers);

  it('are refused by oidc(), which believes those of its issuer', async () => {
    const app = await start(oidc({ issuer: issuer.url, audience: 'test' }));
    expect(await ask(app, asUser(READER))).toBeDeniedWith('token_malformed');
    expect(await ask(app, await issuer.asUser(READER))).toBeAllowed();
    expect(await ask(app, await issuer.asUser({ tenantId: 'norte' }))).toBeDenied();
    await app.close();
  });

  it('are believed by mockIdentity(), which refuses those of an issuer', async () => {
    const app = await start(mockIdentity({ tenantClaim: 'empresa_id' }));
    expect(await ask(app, asUser(READER))).toBeAllowed();
    expect(await ask(app, await issuer.asUser(READER))).toBeDeniedWith('token_invalid');
    await app.close();
  });

  it('come in beside those of an issuer, where both are listed', async () => {
    const oidcProvider = oidc({ issuer: issuer.url, audience: 'test' });
    const app = await start([oidcProvider, mockIdentity({ tenantClaim: 'empresa_id' })]);
    expect(await ask(app, asUser(READER))).toBeAllowed();
    expect(await ask(app, await issuer.asUser(READER))).toBeAllowed();
    await app.close();
  });
});

describe('issuer.asUser()', () => {
  const jwksUri = () => issuer.jwksUri;
  const vendors: readonly (readonly [string, () => IdentityProvider, () => TestClaims])[] = [
    [
      'gcip()',
      () => gcip({ projectId: 'novah-care', jwksUri: jwksUri() }),
      () => gcipClaims({ projectId: 'novah-care', tenant: 'clinic-a' }),
    ],
    [
      'auth0()',
      () => auth0({ domain: 'novah.eu.auth0.com', audience: 'api', jwksUri: jwksUri() }),
      () =>
        auth0Claims({ domain: 'novah.eu.auth0.com', audience: 'api', organization: 'clinic-a' }),
    ],
    [
      'keycloak()',
      () =>
        keycloak({ url: issuer.url.replace('/realms/novah', ''), realm: 'novah', clientId: 'api' }),
      () => keycloakClaims({ issuer: issuer.url, clientId: 'api', organization: 'clinic-a' }),
    ],
  ];

  it.each(vendors)('makes users that %s believes', async (_name, provider, claims) => {
    const { authorization } = await issuer.asUser({
      id: 'ana',
      permissions: ['notes.read'],
      claims: claims(),
    });
    const token = authorization.replace('Bearer ', '');
    const identity = await provider().authenticate({ scheme: 'bearer', token });
    expect(identity).toMatchObject({
      id: 'ana',
      tenantId: 'clinic-a',
      permissions: ['notes.read'],
    });
    const unsigned = userToken({ id: 'ana', claims: claims() });
    await expect(
      provider().authenticate({ scheme: 'bearer', token: unsigned }),
    ).rejects.toMatchObject({ code: 'token_malformed' });
  });

  it('says where a tenant has no claim to stand in', async () => {
    const plain = await TestIssuer.start();
    await expect(plain.asUser({ tenantId: 'norte' })).rejects.toThrow('tenantClaim');
    await expect(plain.asUser({ id: 'ana' })).resolves.toMatchObject({
      authorization: expect.stringMatching(/^Bearer eyJ/),
    });
    await plain.stop();
  });
});
