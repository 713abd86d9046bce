import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { gcip } from '@patronus/nestjs/jwt';
import { describeIdentityProvider, gcipClaims } from '@patronus/nestjs/testing';
import { jwtHarness } from './jwt-harness.js';

const projectId = 'novah-care';
const claims = gcipClaims({ projectId, tenant: 'acme-x1', claims: { sub: 'ana' } });

const harness = jwtHarness({
  algorithm: 'RS256',
  issuer: `https://securetoken.google.com/${projectId}`,
  outage: 'html',
  provider: (issuer) => gcip({ projectId, jwksUri: issuer.jwksUri, tenants: ['acme-x1'] }),
  claims: () => claims,
  expected: {
    id: 'ana',
    email: 'ana@novah.example',
    tenantId: 'acme-x1',
    authenticationMethods: ['password'],
  },
  foreign: { firebase: { tenant: 'another-tenant' } },
});

describeIdentityProvider('gcip()', harness, { framework: { describe, it } });
