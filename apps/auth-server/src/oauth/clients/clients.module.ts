import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { ServerSettings } from '../../operation/settings/server-settings.js';
import {
  DeclaredResourceServers,
  ResourceServers,
} from '../resource-servers/resource-servers.service.js';
import { ResourceServersController } from '../resource-servers/resource-servers.controller.js';
import { AccessTokensModule } from '../../sessions/access-tokens.service.js';
import { IssuedTokensModule } from '../store/issued-tokens.js';
import { ClientAdministration } from './client-administration.service.js';
import { ClientSecretsController, ClientsController } from './clients.controller.js';
import { ClientSecrets, SecretRotation } from './client-secrets.service.js';
import { Clients } from './clients.service.js';
import { DeclaredClients } from './declared-clients.js';
import { LookupCache, lookupCacheOptions } from './lookup-cache.js';

/** The clients of the platform, and the APIs that their tokens are for. */
@Module({
  imports: [
    AccessTokensModule,
    IssuedTokensModule,
    CacheModule.registerAsync({ inject: [ServerSettings], useFactory: lookupCacheOptions }),
  ],
  controllers: [ClientsController, ClientSecretsController, ResourceServersController],
  providers: [
    ClientAdministration,
    Clients,
    ClientSecrets,
    DeclaredClients,
    DeclaredResourceServers,
    LookupCache,
    ResourceServers,
    SecretRotation,
  ],
  exports: [Clients, ResourceServers],
})
export class ClientsModule {}
