import assert from 'node:assert/strict';
import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser, Identity, PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { codeOf, listening } from './listening.js';

@Controller('patients')
class PatientsController {
  @Get()
  @RequirePermissions('patients.read')
  list(@CurrentUser() user: Identity) {
    return { reader: user.id };
  }
}

@Module({ controllers: [PatientsController] })
class GuardedModule {}

/** Calls with tokens of a real issuer: one with the permission, one without it. */
export async function checkGuarded(): Promise<void> {
  const issuer = await TestIssuer.start();
  const app = await listening({
    module: GuardedModule,
    imports: [
      PatronusModule.forRoot({
        identityProvider: oidc({ issuer: issuer.url, audience: 'test' }),
        permissions: { roles: { doctor: ['patients.*'], porter: ['beds.read'] } },
      }),
    ],
  });
  try {
    const doctor = await app.ask(
      '/patients',
      await issuer.token({ sub: 'ana', roles: ['doctor'] }),
    );
    assert.deepEqual(doctor, { status: 200, body: { reader: 'ana' } });
    const porter = await app.ask(
      '/patients',
      await issuer.token({ sub: 'ben', roles: ['porter'] }),
    );
    assert.equal(porter.status, 403);
    assert.equal(codeOf(porter.body), 'permission_denied');
  } finally {
    await app.close();
    await issuer.stop();
  }
}
