import type { Identity } from '../../identity/identity.js';
import type { Permission } from '../catalogue.js';

/** Who asks for what: all that a policy may decide on, besides the resource itself. */
export interface PolicyContext {
  readonly identity: Identity;
  /** The tenant of the request, or undefined where it has none. */
  readonly tenantId: string | undefined;
  /** The parameters of the path, as the caller wrote them. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Before any pipe has looked at it. */
  readonly body: unknown;
  /** The request of the HTTP adapter. */
  readonly request: object;
  /** Whether the caller holds a permission inside the tenant, within the scopes of its token. */
  readonly may: (permission: Permission) => boolean;
  /**
   * Whether the caller's token holds all of these scopes. If it does not and the policy refuses, the
   * answer is 403 `scope_denied`, and its challenge names them (RFC 6750, section 3.1).
   */
  readonly hasScopes: (...scopes: readonly string[]) => boolean;
}
