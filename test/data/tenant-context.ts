import { NestFactory } from '@nestjs/core';
import { PatronusModule, TenantContext } from '@patronus/nestjs';
import { TokenTableProvider } from '../core/token-table.provider.js';

/** Returns a tenant context of a real module, for work that no request started. */
export async function tenantContext(): Promise<TenantContext> {
  const app = await NestFactory.createApplicationContext(
    PatronusModule.forRoot({ identityProvider: new TokenTableProvider() }),
    { logger: false },
  );
  return app.get(TenantContext);
}
