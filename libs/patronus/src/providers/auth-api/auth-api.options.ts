import type { Claims } from '../../identity/identity.js';
import type { MappedFields } from '../../identity/mapped-fields.js';
import type { NetworkOptions } from '../../remote/network.options.js';
import type { RemoteCacheOptions } from '../../remote/remote-cache.options.js';

/** Options of {@link authApi}. */
export interface AuthApiOptions extends NetworkOptions {
  /** Where the Auth API is: `https://auth.example.com`. */
  readonly url: string;
  /** What tells the caller who it is, below `url`; `/api/me/` unless told. */
  readonly path?: string | undefined;
  /**
   * The `iss` of the Auth API's tokens, where they are JWTs: in a list of providers these tokens go to
   * it. Left out, it takes the opaque tokens, and identities are vouched for by the origin of `url`.
   */
  readonly issuer?: string | undefined;
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
