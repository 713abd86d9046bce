import 'reflect-metadata';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type OnModuleInit,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Memberships,
  PatronusModule,
  PermissionSource,
  type PermissionSubject,
  Public,
  RequirePermissions,
  RequireRoles,
  RequireScopes,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';

const { ISSUER: issuer = 'https://id.example.com' } = process.env;

@Controller({ path: 'notes', version: '1' })
class FirstController {
  @Get(':id') @RequireRoles('writer') one() {}
  @Get('all') @Public() all() {}
  @Get(':id/export') @RequireScopes('export') @RequireRoles('writer') export() {}
}

@Controller({ path: 'notes', version: '2' })
class SecondController {
  @Get(':id') @RequirePermissions('notes.read') one() {}
}

class EveryTenant extends Memberships {
  override tenantsOf() {
    return Promise.resolve(['norte', 'sur']);
  }
}

/** Connects in a lifecycle hook, and answers by tenant. */
@Injectable()
class Roster extends PermissionSource implements OnModuleInit {
  private isConnected = false;

  onModuleInit(): void {
    this.isConnected = true;
  }

  override grantsOf({ tenantId }: PermissionSubject) {
    if (!this.isConnected) throw new Error('not connected');
    return Promise.resolve({ roles: tenantId === 'sur' ? ['writer'] : ['reader'] });
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: oidc({ issuer, audience: 'test' }),
      tenancy: { header: 'x-tenant', memberships: new EveryTenant() },
      permissions: {
        roles: { reader: ['notes.read'], writer: { inherits: ['reader'] } },
        source: { useClass: Roster },
      },
    }),
  ],
  controllers: [FirstController, SecondController],
})
class VersionsModule {}

async function create(app: Promise<INestApplication>): Promise<INestApplication> {
  const made = await app;
  return made.enableVersioning({
    type: VersioningType.HEADER,
    header: 'x-version',
    defaultVersion: '1',
  });
}

const OPTIONS = { logger: false, abortOnError: false } as const;

export const onExpress = () => create(NestFactory.create(VersionsModule, OPTIONS));
export const onFastify = () =>
  create(NestFactory.create(VersionsModule, new FastifyAdapter(), OPTIONS));
