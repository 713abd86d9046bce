import { type DynamicModule, Module } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { ClinicStorage } from './clinic-storage.js';

@Module({})
export class StorageModule {
  static for(storage: ClinicStorage): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        { provide: ClinicStorage, useValue: storage },
        {
          provide: TenantDatabase,
          inject: [TenantContext],
          useFactory: (tenant: TenantContext) =>
            new TenantDatabase(storage.transactions, tenant, { role: storage.role }),
        },
      ],
      exports: [ClinicStorage, TenantDatabase],
    };
  }
}
