import 'reflect-metadata';
import { describe, it } from '@jest/globals';
import { auth0 } from '@patronus/nestjs/jwt';
import { auth0Claims, describeIdentityProvider } from '@patronus/nestjs/testing';
import { jwtHarness } from './jwt-harness.js';

const domain = 'novah.eu.auth0.com';
const audience = 'https://api.novah.example';
const claims = auth0Claims({
  domain,
  audience,
  organization: 'org_1',
  permissions: ['patients.read'],
});

const harness = jwtHarness({
  algorithm: 'RS256',
  issuer: `https://${domain}/`,
  outage: 'error',
  provider: (issuer) => auth0({ domain, audience, jwksUri: issuer.jwksUri }),
  claims: () => claims,
  expected: {
    id: String(claims['sub']),
    tenantId: 'org_1',
    permissions: ['patients.read'],
    scopes: ['openid', 'profile', 'email'],
  },
  foreign: { iss: 'https://another.eu.auth0.com/' },
});

describeIdentityProvider('auth0()', harness, { framework: { describe, it } });
