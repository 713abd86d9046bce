import { oidc } from '@patronus/nestjs/jwt';
import {
  describeIdentityProvider,
  type TestClaims,
  TestIssuer,
  TestKey,
} from '@patronus/nestjs/testing';
import { describe, it } from 'vitest';

describeIdentityProvider(
  'oidc() under Vitest',
  {
    async start() {
      const issuer = await TestIssuer.start({ algorithm: 'ES256' });
      const token = async (claims: TestClaims = {}, how?: Parameters<TestIssuer['token']>[1]) =>
        ({ scheme: 'bearer', token: await issuer.token({ sub: 'ana', ...claims }, how) }) as const;
      return {
        provider: oidc({ issuer: issuer.url, audience: 'test' }),
        good: () => token(),
        expected: { id: 'ana' },
        other: () => token({ sub: 'ben' }),
        expired: () => token({}, { expiresIn: -60 }),
        forged: async () =>
          token({}, { key: await TestKey.generate('ES256', { kid: issuer.key.kid }) }),
        foreign: () => token({ aud: 'another-api' }),
        outage: () => issuer.outage('error'),
        recover: () => issuer.recover(),
        calls: () => issuer.fetches.discovery + issuer.fetches.jwks,
        stop: () => issuer.stop(),
      };
    },
  },
  { framework: { describe, it } },
);
