import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { keycloak } from '@patronus/nestjs/jwt';
import { describeIdentityProvider, keycloakClaims } from '@patronus/nestjs/testing';
import { jwtHarness } from './jwt-harness.js';

const clientId = 'web';

const harness = jwtHarness({
  algorithm: 'PS256',
  path: '/realms/novah',
  outage: 'redirect',
  provider: (issuer) => keycloak({ url: new URL(issuer.url).origin, realm: 'novah', clientId }),
  claims: ({ issuer }) =>
    keycloakClaims({ issuer, clientId, clientRoles: ['doctor'], claims: { sub: 'ana' } }),
  expected: { id: 'ana', roles: ['doctor'], email: 'ana@novah.example', authenticationLevel: '1' },
  foreign: { azp: 'another-client' },
});

describeIdentityProvider('keycloak()', harness, { framework: { describe, it } });
