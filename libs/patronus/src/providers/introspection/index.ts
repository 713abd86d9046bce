export type { MappedFields } from '../../identity/mapped-fields.js';
export type { NetworkOptions } from '../../remote/network.options.js';
export type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';
export { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
export type { AssertionAlgorithm } from './assertion-algorithm.js';
export type {
  ClientAuthentication,
  ClientKey,
  IntrospectionOptions,
  SubjectFallback,
} from './introspection.options.js';
export { introspection } from './introspection.provider.js';
