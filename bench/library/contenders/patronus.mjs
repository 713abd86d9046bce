import { PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import { CountingProvider, strangers } from '../servers/identity-providers.mjs';
import { createApp } from '../servers/nest-app.mjs';
import { extraRoutes, extraServices } from '../servers/extras.mjs';
import { roleMap } from '../servers/role-map.mjs';
import { patientsController } from '../servers/route.mjs';

/** Identity, tenant (claim against header) and one permission through a role map. */
export async function start(settings) {
  const { adapter, routes = 1, services = 0, issuers = 1, permissions = 2, audience } = settings;
  const provider = new CountingProvider(
    oidc({ issuer: settings.issuer, audience, algorithms: ['RS256', 'ES256'] }),
  );
  const rule = [RequirePermissions('patients.read')];
  const app = await createApp(
    {
      imports: [
        PatronusModule.forRoot({
          identityProvider: [provider, ...strangers(issuers - 1)],
          tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
          permissions: { roles: roleMap(permissions) },
        }),
      ],
      controllers: [patientsController(rule), ...extraRoutes(routes - 1, rule)],
      providers: extraServices(services),
    },
    adapter,
  );
  return { app, counters: () => ({ verified: provider.verified }) };
}
