import type { PatronusOptions, Revocations } from '@patronus/nestjs';
import { oidc } from '@patronus/nestjs/jwt';
import type { KeySet } from '../keys/key-set.js';
import type { ServerSettings } from '../settings/server-settings.js';

declare module '@patronus/nestjs' {
  interface Catalogue {
    platformPermissions: 'clients.read' | 'clients.manage';
    platformRoles: 'END_USER' | 'STAFF' | 'DATA_ADMIN' | 'SYSTEM_ADMIN';
  }
}

/** Whom the platform's own API believes: itself, with the keys that it signs with. */
export function platformAccess(
  { issuer, apiAudience }: ServerSettings,
  keys: KeySet,
  revocations: Revocations,
): PatronusOptions {
  return {
    identityProvider: oidc({
      issuer,
      audience: apiAudience,
      algorithms: ['ES256'],
      requireTyp: 'at+jwt',
      jwks: () => keys.publicJwks(),
    }),
    revocations,
    permissions: { platformRoles: { SYSTEM_ADMIN: ['*'] } },
    coverage: 'enforce',
  };
}
