import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';

/** The authority that a role gives: inside a tenant, or over the whole platform. */
export type RoleAuthority = 'tenant' | 'platform';

/** Options of {@link authApi}. */
export interface AuthApiOptions extends NetworkOptions {
  /** The URL of the Auth API: `https://auth.example.com`. */
  readonly url: string;
  /** The path of the endpoint that describes the caller, below `url`. Default: `/api/me/`. */
  readonly path?: string | undefined;
  /**
   * The `iss` of the Auth API's tokens, where they are JWTs: in a list of providers these tokens go to
   * it. Left out, it takes the opaque tokens, and identities are vouched for by the origin of `url`.
   */
  readonly issuer?: string | undefined;
  /**
   * The authority that `role` of an answer belongs to: `tenant`, as `roles` does, or `platform`, as
   * `platform_roles` does. Default: `tenant`.
   */
  readonly roleAuthority?: RoleAuthority | undefined;
  /**
   * Fields to set beyond `email`, `name`, `role`, `roles`, `permissions` and the like.
   *
   * @example
   * mapClaims: (answer) => ({ tenantId: String(answer['empresa_id']) })
   */
  readonly mapClaims?: ((answer: Claims) => MappedFields) | undefined;
  /** How answers are kept. */
  readonly cache?: RemoteCacheOptions | undefined;
}
