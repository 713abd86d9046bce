import type { Credential, Identity, IdentityProvider } from '@patronus/nestjs';
import {
  type Outage,
  type ProviderHarness,
  type TestAlgorithm,
  type TestClaims,
  TestIssuer,
  TestKey,
} from '@patronus/nestjs/testing';

/** Differences between the providers of signed tokens. */
export interface JwtVendor {
  readonly algorithm: TestAlgorithm;
  /** Path of the issuer. */
  readonly path?: string;
  /** Value of `iss` in its tokens, if the vendor fixes it. */
  readonly issuer?: string;
  readonly outage: Outage;
  provider(issuer: TestIssuer): IdentityProvider;
  /** Returns the claims of a good token. */
  claims(issuer: TestIssuer): TestClaims;
  readonly expected: Pick<Identity, 'id'> & Partial<Identity>;
  /** Claims that turn a good token into one for another API. */
  readonly foreign: TestClaims;
}

/** Tests a provider against an issuer with real keys, real signatures and a real server. */
export function jwtHarness(vendor: JwtVendor): ProviderHarness {
  return {
    async start() {
      const { algorithm, path, issuer: iss } = vendor;
      const issuer = await TestIssuer.start({
        algorithm,
        ...(path !== undefined && { path }),
        ...(iss !== undefined && { issuer: iss }),
      });
      const token = async (
        claims: TestClaims = {},
        how?: Parameters<TestIssuer['token']>[1],
      ): Promise<Credential> => ({
        scheme: 'bearer',
        token: await issuer.token({ ...vendor.claims(issuer), ...claims }, how),
      });
      return {
        provider: vendor.provider(issuer),
        good: () => token(),
        expected: vendor.expected,
        other: () => token({ sub: 'another-caller' }),
        expired: () => token({}, { expiresIn: -60 }),
        async forged() {
          const key = await TestKey.generate(algorithm, { kid: issuer.key.kid });
          return token({}, { key });
        },
        foreign: () => token(vendor.foreign),
        outage: () => issuer.outage(vendor.outage),
        recover: () => issuer.recover(),
        calls: () => issuer.fetches.discovery + issuer.fetches.jwks,
        stop: () => issuer.stop(),
      };
    },
  };
}
