import 'reflect-metadata';
import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type OnModuleInit,
  Post,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  OwnedResource,
  PatronusModule,
  permissions,
  platformRoles,
  type PolicyContext,
  Public,
  RequireAny,
  RequireAnyPermission,
  RequireAnyPlatformPermission,
  RequireAnyRole,
  RequireOwner,
  RequirePermissions,
  RequirePlatformPermissions,
  RequirePlatformRoles,
  RequireRoles,
  RequireScopes,
  roles,
  scopes,
} from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { webSockets } from '@patronus/nestjs/websockets';

const { ISSUER: issuer = 'https://id.example.com', WIDER, BROKEN } = process.env;

@Injectable()
class Notes extends OwnedResource<string> {
  load({ params }: PolicyContext): string {
    throw new Error(`The note ${params['id']} must not be loaded.`);
  }
  tenantOf(): string {
    return 'norte';
  }
  ownerOf(): string {
    return 'ana';
  }
}

@Controller('patients')
class PatientsController {
  @Get() @RequirePermissions('patients.read') list() {}
  @Get('recent') @RequireAnyPermission('patients.read', 'audit.read') recent() {}
  @Get(':id') @RequirePermissions('patients.read') one() {}
  @Delete(':id') @RequirePermissions('patients.read', 'patients.erase') erase() {
    throw new Error('The handler must not run.');
  }
  @Post(':id/notes') @RequirePermissions('patients.read') @RequireOwner(Notes) note() {}
}

@Controller()
class OtherController {
  @Get('health') @Public() health() {}
  @Get('me') me() {}
  @Get('head') @RequireRoles('nurse') head() {}
  @Get('export') @RequirePermissions('patients.read') @RequireScopes('export') all() {}
  @Get('<b>"audit"</b>') @RequirePlatformPermissions('audit.read') audit() {}
  @Get('ward') @RequireAnyRole('receptionist', 'surgeon') ward() {}
  @Get('staff') @RequirePlatformRoles('auditor', 'admin') staff() {}
  @Get('log') @RequireAnyPlatformPermission('audit.read', 'log.read') log() {}
  @Get('either')
  @RequireAny(roles('nurse'), permissions('patients.erase'), platformRoles('auditor'))
  either() {}
  @Get('scope') @RequireAny(scopes('export', 'read'), platformRoles('auditor')) scope() {}
  @MessagePattern({ cmd: 'sum' }) @RequirePermissions('sums.read') sum() {}
}

@WebSocketGateway()
class ChatGateway {
  @RequirePermissions('patients.read') @SubscribeMessage('chat') chat() {}
}

/** Talks, never lets its process end, and fails if its hook runs. */
@Injectable()
class Busy implements OnModuleInit {
  constructor() {
    console.log('The application prints something.');
    setInterval(() => undefined, 1000);
    if (BROKEN !== undefined) throw new Error('no database');
  }
  onModuleInit(): void {
    throw new Error('A hook was run.');
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: oidc({ issuer, audience: 'dev-api' }),
      tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
      transports: [webSockets()],
      permissions: {
        roles: {
          receptionist: WIDER === undefined ? ['patients.read'] : { inherits: ['nurse'] },
          nurse: { inherits: ['admin'] },
          admin: ['patients.*'],
        },
        platformRoles: { admin: ['*'], auditor: ['audit.*'] },
      },
    }),
  ],
  controllers: [PatientsController, OtherController],
  providers: [ChatGateway, Notes, Busy],
})
export class AppModule {}

export async function createApp(): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, { abortOnError: false });
  app.setGlobalPrefix('api');
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
  return app;
}

@Module({})
export class UnguardedModule {}

@Controller()
class MarkedController {
  @Get('erase') @RequirePermissions('patients.erase') erase() {}
  @Get('open') open() {}
}

@Module({ controllers: [MarkedController] })
export class ForgottenModule {}

export const createNothing = () => Promise.resolve({});

export const text = 'no function';
