import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, TenantContext } from '@patronus/nestjs';
import { mockIdentity } from '@patronus/nestjs/testing';

/** The TenantContext of an application that serves no requests, as a script uses it. */
export async function standaloneContext() {
  class ScriptModule {}
  const module = {
    module: ScriptModule,
    imports: [
      PatronusModule.forRoot({
        identityProvider: mockIdentity({ tenantClaim: 'empresa_id' }),
        tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
      }),
    ],
  };
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  return app.get(TenantContext);
}
