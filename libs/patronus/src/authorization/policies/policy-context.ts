import type { Identity } from '../../identity/identity.js';
import type { Permission } from '../catalogue.js';

/** Caller and request that a policy decides on, besides the resource itself. */
export interface PolicyContext {
  readonly identity: Identity;
  /** Tenant of the request, or undefined if it has none. */
  readonly tenantId: string | undefined;
  /** Parameters of the path, as the caller sent them. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Body of the request, before any pipe. */
  readonly body: unknown;
  /** Request object of the HTTP adapter. */
  readonly request: object;
  /**
   * Returns true if the caller has a permission inside the tenant, within the scopes of its token.
   */
  readonly may: (permission: Permission) => boolean;
  /**
   * Returns true if the caller's token has all of these scopes. If it does not and the policy
   * refuses, the answer is 403 `scope_denied`, and its challenge names them (RFC 6750, section
   * 3.1).
   */
  readonly hasScopes: (...scopes: readonly string[]) => boolean;
}
