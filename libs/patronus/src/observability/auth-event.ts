import type { Explanation } from '../authorization/explanation/explanation.js';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { ProviderEvent } from '../identity/provider-event.js';
import type { Revocation } from '../revocation/revocation.js';

/** Subject of a decision: caller, call and tenant. Never holds a token. */
export interface Decision {
  /** Id of the decision, also in the header `Patronus-Decision` of the answer. */
  readonly decisionId: string;
  /**
   * Transport: `http`, `ws`, `rpc` or `graphql`; `job` for `Access.require()` outside of every
   * call.
   */
  readonly transport: string;
  /** Route: `Controller.handler`; `Access.require` outside of every call. */
  readonly route: string;
  /**
   * HTTP method, such as `GET`; for other transports the kind of the call, such as `MESSAGE` or
   * `QUERY`.
   */
  readonly method: string;
  /**
   * Path of the request, without its query string; for other transports the pattern or the field.
   */
  readonly path: string;
  /** Subject of the credential, if it is known, even if the credential was refused. */
  readonly user: string | undefined;
  readonly issuer: string | undefined;
  readonly tenant: string | undefined;
}

/** A request was allowed to reach its handler. */
export interface AllowedEvent extends Decision {
  readonly type: 'allowed';
}

/** A request was refused, or could not be checked. */
export interface DeniedEvent extends Decision {
  readonly type: 'denied';
  readonly code: PatronusErrorCode;
  /** Reason, for operators. */
  readonly reason: string | undefined;
  /** Rule, roles and inheritance, if the caller is known (403). */
  readonly explanation: Explanation | undefined;
}

/** Credentials were revoked, in this process or in another one. */
export interface RevokedEvent {
  readonly type: 'revoked';
  readonly revocation: Revocation;
}

/** A caller reached, or tried to reach, beyond its tenant. */
export interface TenantCrossingEvent {
  readonly type: 'tenant_crossing';
  readonly allowed: boolean;
  readonly decisionId: string | undefined;
  readonly user: string | undefined;
  readonly issuer: string | undefined;
  readonly from: string | undefined;
  /** Undefined for no tenant at all. */
  readonly to: string | undefined;
  readonly reason: string;
}

/** Event of {@link AuthEvents}, with its time in milliseconds since the epoch. */
export type AuthEvent = (
  AllowedEvent | DeniedEvent | TenantCrossingEvent | RevokedEvent | ProviderEvent
) & {
  readonly at: number;
};

/** Types of events, by which `AuthEvents` adds listeners. */
export type AuthEventType = AuthEvent['type'];

/** Event of one type. */
export type AuthEventOf<Type extends AuthEventType> = Extract<AuthEvent, { readonly type: Type }>;
