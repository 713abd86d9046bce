import { CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { ServerSettings } from '../../settings/server-settings.js';
import { IssuedTokensModule } from '../store/issued-tokens.module.js';
import { ClientAdministration } from './client-administration.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientSecretsController } from './client-secrets.controller.js';
import { Clients } from './clients.js';
import { ClientsController } from './clients.controller.js';
import { DeclaredClients } from './declared-clients.js';
import { DeclaredResourceServers } from './declared-resource-servers.js';
import { LookupCache } from './lookup-cache.js';
import { lookupCacheOptions } from './lookup-cache.options.js';
import { ResourceServers } from './resource-servers.js';
import { ResourceServersController } from './resource-servers.controller.js';
import { SecretRotation } from './secret-rotation.js';

/** The clients of the platform, and the APIs that their tokens are for. */
@Module({
  imports: [
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
