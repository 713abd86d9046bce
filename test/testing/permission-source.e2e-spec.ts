import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  ClaimsPermissionSource,
  type GrantedAuthority,
  IdentityProvider,
  PatronusModule,
  PermissionSource,
  type PermissionSubject,
  RequirePermissions,
} from '@patronus/nestjs';
import { asUser, mockIdentity, patronusMatchers, type TestUser } from '@patronus/nestjs/testing';
import request from 'supertest';
import { ADAPTERS } from '../core/adapters.js';
import { TokenTableProvider } from '../core/token-table.provider.js';

expect.extend(patronusMatchers);

@Injectable()
class Members extends PermissionSource {
  override async grantsOf({ identity, tenantId }: PermissionSubject): Promise<GrantedAuthority> {
    return { roles: `${tenantId}/${identity.id}` === 'norte/ana' ? ['doctor'] : identity.roles };
  }
}

@Controller()
class NotesController {
  @Get('notes') @RequirePermissions('notes.read') read() {
    return [];
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: {},
      permissions: { source: { useClass: Members }, roles: { doctor: ['notes.*'] } },
    }),
  ],
  controllers: [NotesController],
})
class AppModule {}

describe.each(ADAPTERS)(
  'users of tests and a permission source of one’s own, on %s',
  (_name, adapter) => {
    async function start(change: (builder: TestingModuleBuilder) => TestingModuleBuilder) {
      const builder = Test.createTestingModule({ imports: [AppModule] })
        .overrideProvider(IdentityProvider)
        .useValue(mockIdentity());
      const module = await change(builder).compile();
      const app = module.createNestApplication(adapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      const ask = (user: TestUser) =>
        request(app.getHttpServer())
          .get('/notes')
          .set(asUser({ tenantId: 'norte', ...user }));
      return { app, ask };
    }

    it('asks the source about the user, and takes no other word', async () => {
      const { app, ask } = await start((builder) => builder);
      expect(await ask({ id: 'ana' })).toBeAllowed();
      expect(await ask({ id: 'ana', tenantId: 'sur' })).toBeDenied();
      expect(await ask({ permissions: ['notes.read'] })).toBeDeniedWith('permission_denied');
      await app.close();
    });

    it('keeps no answer for a user who is described otherwise', async () => {
      const { app, ask } = await start((builder) => builder);
      expect(await ask({ roles: [] })).toBeDeniedWith('permission_denied');
      expect(await ask({ roles: ['doctor'] })).toBeAllowed();
      await app.close();
    });

    it('takes the word of the test, where the claims stand in for the source', async () => {
      const { app, ask } = await start((builder) =>
        builder.overrideProvider(PermissionSource).useValue(new ClaimsPermissionSource(true)),
      );
      expect(await ask({ permissions: ['notes.read'] })).toBeAllowed();
      expect(await ask({ permissions: ['notes.*'] })).toBeAllowed();
      expect(await ask({ roles: ['doctor'] })).toBeAllowed();
      expect(await ask({ id: 'ana' })).toBeDeniedWith('permission_denied');
      await app.close();
    });
  },
);
