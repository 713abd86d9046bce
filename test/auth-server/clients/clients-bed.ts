import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { PatronusModule } from '@patronus/nestjs';
import { asUser, mockIdentity } from '@patronus/nestjs/testing';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { bodyPipe } from '../../../apps/auth-server/src/operation/http/error.filter.js';
import { ProblemFilter } from '../../../apps/auth-server/src/operation/http/error.filter.js';
import { FoundationModule, SEALED_COLUMNS } from '../../../apps/auth-server/src/app.module.js';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { ClientsModule } from '../../../apps/auth-server/src/oauth/clients/clients.module.js';
import { ResourceServersService } from '../../../apps/auth-server/src/oauth/resource-servers/resource-servers.service.js';
import { MetricsModule } from '../../../apps/auth-server/src/operation/metrics/metrics.js';
import { DataKeys } from '../../../apps/auth-server/src/operation/crypto/data-keys.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { ManualClock } from '../support/manual-clock.js';
import type { ApiAnswer } from '../support/platform-bed.js';
import {
  platformStorage,
  type PlatformStorage,
  type StorageName,
} from '../support/platform-storage.js';

@Module({
  imports: [
    PatronusModule.forRoot({ identityProvider: mockIdentity(), coverage: 'enforce' }),
    MetricsModule,
    ClientsModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useValue: bodyPipe },
  ],
})
class ClientsApplication {}

/** The clients of the platform with their admin API, on a real database and a free port. */
export class ClientsBed {
  private constructor(
    private readonly app: NestExpressApplication,
    private readonly url: string,
    readonly clock: ManualClock,
    readonly storage: PlatformStorage,
  ) {}

  static async start(
    on: StorageName | PlatformStorage,
    environment: Readonly<Record<string, string>> = {},
    clock = new ManualClock(),
  ): Promise<ClientsBed> {
    const storage = typeof on === 'string' ? await platformStorage(on) : on;
    const settings = readSettings({ ...storage.environment, ...environment });
    const database = await storage.open(settings);
    try {
      const { keyring } = await DataKeys.open({ database, settings, columns: SEALED_COLUMNS });
      const module = await Test.createTestingModule({
        imports: [FoundationModule.for({ settings, database, keyring, clock }), ClientsApplication],
      }).compile();
      const app = module.createNestApplication<NestExpressApplication>({ logger: false });
      await app.listen(0, '127.0.0.1');
      return new ClientsBed(app, await app.getUrl(), clock, storage);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  get clients(): ClientsService {
    return this.app.get(ClientsService, { strict: false });
  }

  get servers(): ResourceServersService {
    return this.app.get(ResourceServersService, { strict: false });
  }

  get db(): PlatformDatabase['db'] {
    return this.app.get(PlatformDatabase, { strict: false }).db;
  }

  /** Calls the API as an administrator, or with only those permissions. */
  async api(
    method: string,
    path: string,
    body?: unknown,
    permissions: readonly ('clients.read' | 'clients.manage')[] = [
      'clients.read',
      'clients.manage',
    ],
  ): Promise<ApiAnswer> {
    const response = await fetch(new URL(`/api/v1/admin/${path}`, this.url), {
      method,
      headers: {
        ...asUser({ id: 'ada', platformPermissions: permissions }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** Ends this instance, and keeps its data. */
  async stop(): Promise<void> {
    await this.app.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.storage.clear();
  }
}
