export type { Answer } from './answers/answer.js';
export type { AnswerMatchers } from './answers/answer-matchers.js';
export { type MatcherOutcome, patronusMatchers } from './answers/patronus-matchers.js';
export { readAnswer } from './answers/read-answer.js';
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
export { asUser, userToken, type UserHeaders } from './users/as-user.js';
export type { MockIdentityOptions } from './users/mock.identity-provider.js';
export { mockIdentity } from './users/mock-identity.js';
export { provideAccess } from './users/provide-access.js';
export { provideTenant } from './users/provide-tenant.js';
export { testIdentity } from './users/test-identity.js';
export type { TestUser } from './users/test-user.js';
