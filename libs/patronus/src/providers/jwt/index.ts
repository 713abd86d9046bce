export type { AudienceClaim } from './audience-claim.js';
export { auth0, type Auth0Options } from './auth0.provider.js';
export { gcip, type GcipOptions } from './gcip.provider.js';
export { JwtIdentityProvider } from './jwt.identity-provider.js';
export type { MappedFields } from '../../identity/mapped-fields.js';
export type { JwkSet, JwtOptions } from './jwt.options.js';
export { keycloak, type KeycloakOptions } from './keycloak.provider.js';
export { oidc, type OidcOptions } from './oidc.provider.js';
export type { SignatureAlgorithm } from './signature-algorithm.js';
