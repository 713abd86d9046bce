import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import {
  DeclaredResourceServers,
  ResourceServersService,
} from '../resource-servers/resource-servers.service.js';
import { ResourceServersController } from '../resource-servers/resource-servers.controller.js';
import { AccessTokensModule } from '../../sessions/access-tokens.service.js';
import { IssuedTokensModule } from '../store/issued-tokens.js';
import { ClientAdministrationService } from './client-administration.service.js';
import { ClientSecretsController, ClientsController } from './clients.controller.js';
import { ClientSecretsService, SecretRotation } from './client-secrets.service.js';
import { ClientsService } from './clients.service.js';
import { DeclaredClients } from './declared-clients.js';
import { LookupCache, lookupCacheOptions } from './lookup-cache.js';

/** The clients of the platform, and the APIs that their tokens are for. */
@Module({
  imports: [
    AccessTokensModule,
    EventsModule,
    IssuedTokensModule,
    CacheModule.registerAsync({ inject: [ServerSettings], useFactory: lookupCacheOptions }),
  ],
  controllers: [ClientsController, ClientSecretsController, ResourceServersController],
  providers: [
    ClientAdministrationService,
    ClientsService,
    ClientSecretsService,
    DeclaredClients,
    DeclaredResourceServers,
    LookupCache,
    ResourceServersService,
    SecretRotation,
  ],
  exports: [ClientsService, ResourceServersService],
})
export class ClientsModule {}
