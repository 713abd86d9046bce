import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IdentityProvider } from '@patronus/nestjs';
import { mockIdentity } from '@patronus/nestjs/testing';
import { ClinicModule } from './clinic.module.js';

/** Starts the clinic with test users in place of those of its identity provider, on a free port. */
export async function startClinic(adapter: AbstractHttpAdapter): Promise<INestApplication> {
  const module = await Test.createTestingModule({ imports: [ClinicModule] })
    .overrideProvider(IdentityProvider)
    .useValue(mockIdentity({ tenantClaim: 'empresa_id' }))
    .compile();
  const app = module.createNestApplication(adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}
