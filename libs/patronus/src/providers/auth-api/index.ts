export type { MappedFields } from '../../identity/mapped-fields.js';
export type { NetworkOptions } from '../../remote/network.options.js';
export type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';
export { RemoteIdentityProvider } from '../../remote/remote.identity-provider.js';
export type { AuthApiOptions, RoleAuthority } from './auth-api.options.js';
export { authApi } from './auth-api.provider.js';
