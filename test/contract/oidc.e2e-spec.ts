import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { oidc } from '@patronus/nestjs/jwt';
import { describeIdentityProvider, type TestAlgorithm } from '@patronus/nestjs/testing';
import { jwtHarness } from './jwt-harness.js';

for (const algorithm of ['ES256', 'EdDSA'] satisfies TestAlgorithm[]) {
  const harness = jwtHarness({
    algorithm,
    path: '/id',
    outage: 'refuse',
    provider: (issuer) => oidc({ issuer: issuer.url, audience: 'test' }),
    claims: () => ({ sub: 'ana', roles: ['doctor'], scope: 'openid patients' }),
    expected: { id: 'ana', roles: ['doctor'], scopes: ['openid', 'patients'] },
    foreign: { aud: 'another-api' },
  });
  describeIdentityProvider(`oidc() with ${algorithm}`, harness, { framework: { describe, it } });
}
