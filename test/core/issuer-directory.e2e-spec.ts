import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import {
  AuthEvents,
  CurrentTenant,
  IdentityProvider,
  IssuerDirectory,
  issuerDirectory,
  PatronusModule,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { ADAPTERS } from './adapters.js';
import { ask } from './ask.js';
import { listen, type ListeningApp } from './listening-app.js';

@Controller()
class NotesController {
  @Get('notes') notes(@CurrentTenant() tenant: string) {
    return { tenant };
  }
}

/** Clinics that are registered at the moment, each with its own issuer. */
@Injectable()
class Clinics {
  readonly byIssuer = new Map<string, IdentityProvider>();

  signUp(name: string, issuer: string): void {
    const mapClaims = () => ({ tenantId: name });
    this.byIssuer.set(issuer, oidc({ issuer, audience: 'test', mapClaims }));
  }
}

@Module({ providers: [Clinics], exports: [Clinics] })
class ClinicsModule {}

@Injectable()
class ClinicIssuers extends IssuerDirectory {
  constructor(private readonly clinics: Clinics) {
    super();
  }
  override async find(issuer: string) {
    return this.clinics.byIssuer.get(issuer);
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      imports: [ClinicsModule],
      identityProvider: { useClass: ClinicIssuers },
      tenancy: {},
    }),
    ClinicsModule,
  ],
  controllers: [NotesController],
})
class PlatformModule {}

describe.each(ADAPTERS)('one issuer a tenant, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let north: TestIssuer;
  let south: TestIssuer;
  let clinics: Clinics;
  let directory: ClinicIssuers;

  beforeEach(async () => {
    [north, south] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
    running = await listen(PlatformModule, adapter());
    clinics = running.app.get(Clinics, { strict: false });
    directory = running.app.get(IdentityProvider);
  });
  afterEach(async () => {
    await running.app.close();
    await Promise.all([north.stop(), south.stop()]);
  });

  const unknown = { status: 401, body: { code: 'issuer_unknown' } };

  it('is believed once its tenant is there, without a restart', async () => {
    const token = await north.token();
    expect(await ask(running, 'notes', token)).toMatchObject(unknown);
    expect(north.fetches).toEqual({ discovery: 0, jwks: 0 });
    clinics.signUp('north', north.url);
    directory.forget(north.url);
    expect(await ask(running, 'notes', token)).toMatchObject({
      status: 200,
      body: { tenant: 'north' },
    });
    expect(await ask(running, 'notes', await south.token())).toMatchObject(unknown);
  });

  it('is forgotten at once with every caller that it vouched for, and no other', async () => {
    clinics.signUp('north', north.url);
    clinics.signUp('south', south.url);
    const [ofNorth, ofSouth] = await Promise.all([north.token(), south.token()]);
    expect((await ask(running, 'notes', ofNorth)).status).toBe(200);
    expect((await ask(running, 'notes', ofSouth)).status).toBe(200);
    const removed: string[] = [];
    running.app.get(AuthEvents).on('issuer_removed', ({ issuer }) => removed.push(issuer));

    clinics.byIssuer.delete(north.url);
    expect((await ask(running, 'notes', ofNorth)).status).toBe(200);
    directory.forget(north.url);
    expect(await ask(running, 'notes', ofNorth)).toMatchObject(unknown);
    expect(await ask(running, 'notes', ofSouth)).toMatchObject({ body: { tenant: 'south' } });
    expect(removed).toEqual([north.url]);
  });

  it('vouches for its own tokens only', async () => {
    clinics.signUp('north', north.url);
    clinics.signUp('south', south.url);
    const forged = await south.token({ iss: north.url }, { header: { kid: north.key.kid } });
    expect(await ask(running, 'notes', forged)).toMatchObject({
      status: 401,
      body: { code: 'token_invalid' },
    });
  });
});

describe.each(ADAPTERS)('a directory beside other issuers, on %s', (_name, adapter) => {
  it('is asked only for issuers that nobody else owns; 503 while it is down', async () => {
    const issuers = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
    const [own, listed] = issuers;
    const asked: string[] = [];
    @Module({
      imports: [
        PatronusModule.forRoot({
          identityProvider: [
            oidc({ issuer: own.url, audience: 'test', mapClaims: () => ({ tenantId: 'own' }) }),
            issuerDirectory(async (issuer) => {
              asked.push(issuer);
              if (asked.length === 1) throw new Error('connect ECONNREFUSED');
              const mapClaims = () => ({ tenantId: 'listed' });
              return oidc({ issuer, audience: 'test', mapClaims });
            }),
          ],
          tenancy: {},
        }),
      ],
      controllers: [NotesController],
    })
    class MixedModule {}
    const running = await listen(MixedModule, adapter());
    try {
      expect(await ask(running, 'notes', await own.token())).toMatchObject({
        body: { tenant: 'own' },
      });
      expect(asked).toEqual([]);
      const token = await listed.token();
      expect(await ask(running, 'notes', token)).toMatchObject({
        status: 503,
        body: { code: 'provider_unavailable' },
      });
      expect(await ask(running, 'notes', token)).toMatchObject({ body: { tenant: 'listed' } });
      expect(asked).toEqual([listed.url, listed.url]);
    } finally {
      await running.app.close();
      await Promise.all(issuers.map((issuer) => issuer.stop()));
    }
  });
});
