export type { ForwardedIdentityOptions } from './forwarded-identity.options.js';
export { microservices, MicroservicesTransport } from './microservices.transport.js';
export { withIdentity } from './with-identity.js';
