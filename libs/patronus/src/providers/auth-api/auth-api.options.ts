import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';

/** Authority of a role: inside a tenant, or over the whole platform. */
export type RoleAuthority = 'tenant' | 'platform';

/** Options of {@link authApi}. */
export interface AuthApiOptions extends NetworkOptions {
  /** URL of the Auth API: `https://auth.example.com`. */
  readonly url: string;
  /** Path of the endpoint that describes the caller, below `url`. Default: `/api/me/`. */
  readonly path?: string | undefined;
  /**
   * Issuer (`iss`) of the Auth API's tokens, if they are JWTs. In a list of providers these tokens
   * go to it. Without it, the provider takes the opaque tokens, and the issuer of identities is the
   * origin of `url`.
   */
  readonly issuer?: string | undefined;
  /**
   * Authority that `role` of an answer belongs to: `tenant`, like `roles`, or `platform`, like
   * `platform_roles`. Default: `tenant`.
   */
  readonly roleAuthority?: RoleAuthority | undefined;
  /**
   * Maps further fields beyond `email`, `name`, `role`, `roles`, `permissions` and the like.
   *
   * @example
   * mapClaims: (answer) => ({ tenantId: String(answer['empresa_id']) })
   */
  readonly mapClaims?: ((answer: Claims) => MappedFields) | undefined;
  /** Settings of the cache for answers. */
  readonly cache?: RemoteCacheOptions | undefined;
}
