export { auth0Claims, gcipClaims, keycloakClaims, type TestClaims } from './claim-shapes.js';
export type { Outage } from './issuer-server.js';
export { TestIssuer, type TestIssuerOptions, type TokenOverrides } from './test-issuer.js';
export { TestKey, type TestAlgorithm } from './test-key.js';
