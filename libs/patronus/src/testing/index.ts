export { auth0Claims, gcipClaims, keycloakClaims, type TestClaims } from './claim-shapes.js';
export {
  describeIdentityProvider,
  type ContractOptions,
} from './contract/describe-identity-provider.js';
export type { ProviderHarness, ProviderUnderTest } from './contract/provider-harness.js';
export type { TestFramework } from './contract/test-framework.js';
export type { Outage } from './issuer-server.js';
export { TestIssuer, type TestIssuerOptions, type TokenOverrides } from './test-issuer.js';
export { TestKey, type TestAlgorithm } from './test-key.js';
export { expectIsolated, type IsolationReport } from './isolation/expect-isolated.js';
export type { IsolationPlan, IsolationRoute, IsolationTenant } from './isolation/isolation-plan.js';
