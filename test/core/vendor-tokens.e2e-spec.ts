import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import {
  CurrentUser,
  Identity,
  PatronusModule,
  RequirePermissions,
  RequireRoles,
  RequireScopes,
} from '@patronus/nestjs';
import { auth0, keycloak, oidc } from '@patronus/nestjs/jwt';
import { auth0Claims, keycloakClaims, TestIssuer } from '@patronus/nestjs/testing';
import { calculateThumbprint, generateKeyPair, generateProof } from 'dpop';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller()
class RoutesController {
  @Get('me') me(@CurrentUser() { id, isService }: Identity) {
    return { id, isService };
  }
  @Get('role') @RequireRoles('doctor') role() {}
  @Get('permission') @RequirePermissions('b.read') permission() {}
  @Get('scope') @RequireScopes('notes') scope() {}
}

const DOMAIN = 'novah.eu.auth0.com';

describe.each(ADAPTERS)('tokens as issuers write them, on %s', (_name, adapter) => {
  let realm: TestIssuer;
  let tenant: TestIssuer;
  let edwards: TestIssuer;
  let running: ListeningApp;

  beforeAll(async () => {
    [realm, tenant, edwards] = await Promise.all([
      TestIssuer.start({ path: '/realms/novah' }),
      TestIssuer.start({ issuer: `https://${DOMAIN}/` }),
      TestIssuer.start({ algorithm: 'EdDSA' }),
    ]);
    const identityProvider = [
      keycloak({ url: new URL(realm.url).origin, realm: 'novah', clientId: 'web' }),
      auth0({
        domain: DOMAIN,
        audience: 'test',
        namespace: 'https://novah.example',
        jwksUri: tenant.jwksUri,
      }),
      oidc({ issuer: edwards.url, audience: 'test' }),
    ];
    @Module({
      imports: [PatronusModule.forRoot({ identityProvider })],
      controllers: [RoutesController],
    })
    class RoutesModule {}
    running = await listen(RoutesModule, adapter());
  });
  afterAll(() => Promise.all([running.app.close(), realm.stop(), tenant.stop(), edwards.stop()]));

  it("Keycloak's that are bound to a key: with a proof, and not without", async () => {
    const keys = await generateKeyPair('ES256');
    const boundTo = await calculateThumbprint(keys.publicKey);
    const claims = keycloakClaims({ issuer: realm.url, clientId: 'web', boundTo });
    const token = await realm.token(claims);
    const url = `${running.url}/me`;
    const proof = await generateProof(keys, url, 'GET', undefined, token);
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    expect((await fetch(url, { headers })).status).toBe(200);
    expect(await ask(running, 'me', token)).toMatchObject({
      status: 401,
      body: { code: 'dpop_proof_missing' },
    });
    const unbound = await realm.token({ ...claims, cnf: undefined });
    expect(await ask(running, 'me', unbound)).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
    });
  });

  it("a program's, which names no subject", async () => {
    const program = { sub: undefined, client_id: 'billing' };
    expect(await ask(running, 'me', await edwards.token(program))).toMatchObject({
      status: 200,
      body: { id: 'billing', isService: true },
    });
    const person = await edwards.token({ ...program, sid: 'session-1' });
    expect((await ask(running, 'me', person)).status).toBe(401);
  });

  it('texts in the place of lists', async () => {
    const ofRealm = keycloakClaims({ issuer: realm.url, clientId: 'web' });
    const ofTenant = auth0Claims({ domain: DOMAIN, audience: 'test' });
    const statusOf = async (path: string, token: string) =>
      (await ask(running, path, token)).status;
    const roles = [
      await realm.token({ ...ofRealm, realm_access: { roles: 'doctor' } }),
      await tenant.token({ ...ofTenant, 'https://novah.example/roles': 'doctor' }),
      await edwards.token({ roles: 'doctor' }),
    ];
    for (const token of roles) {
      expect(await statusOf('role', token)).toBe(200);
      expect(await statusOf('permission', token)).toBe(403);
    }
    const permissions = { permissions: 'a.read b.read', scope: '', scp: 'notes' };
    for (const token of [
      await realm.token({ ...ofRealm, ...permissions }),
      await tenant.token({ ...ofTenant, ...permissions }),
      await edwards.token(permissions),
    ]) {
      expect(await statusOf('permission', token)).toBe(200);
      expect(await statusOf('scope', token)).toBe(200);
      expect(await statusOf('role', token)).toBe(403);
    }
  });

  it('EdDSA by its newer name', async () => {
    const token = await edwards.token({}, { header: { alg: 'Ed25519' } });
    expect((await ask(running, 'me', token)).status).toBe(200);
  });
});
