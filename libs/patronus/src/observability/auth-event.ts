import type { Explanation } from '../authorization/explanation/explanation.js';
import type { PatronusErrorCode } from '../errors/error-codes.js';
import type { ProviderEvent } from '../identity/provider-event.js';
import type { Revocation } from '../revocation/revocation.js';

/** Whom and what a decision was about. Never a token. */
export interface Decision {
  /** Also in the header `Patronus-Decision` of the answer. */
  readonly decisionId: string;
  /** `http`, `ws`, `rpc` or `graphql`; `job` for `Access.require()` outside of every call. */
  readonly transport: string;
  /** `Controller.handler`; `Access.require` outside of every call. */
  readonly route: string;
  /** `GET`; elsewhere the kind of the call, such as `MESSAGE` or `QUERY`. */
  readonly method: string;
  /** The path that was asked for, without its query string; elsewhere the pattern or the field. */
  readonly path: string;
  /** Whose credential it was, where that is known: also where it was refused. */
  readonly user: string | undefined;
  readonly issuer: string | undefined;
  readonly tenant: string | undefined;
}

/** A request was let through to its handler. */
export interface AllowedEvent extends Decision {
  readonly type: 'allowed';
}

/** A request was refused, or could not be checked. */
export interface DeniedEvent extends Decision {
  readonly type: 'denied';
  readonly code: PatronusErrorCode;
  /** Why, for operators. */
  readonly reason: string | undefined;
  /** Rule, roles and inheritance, where the caller is known (403). */
  readonly explanation: Explanation | undefined;
}

/** Somebody revoked credentials, here or in another process. */
export interface RevokedEvent {
  readonly type: 'revoked';
  readonly revocation: Revocation;
}

/** Somebody reached, or tried to reach, beyond their tenant. */
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

/** What {@link AuthEvents} tells, each with the time in milliseconds since the epoch. */
export type AuthEvent = (
  AllowedEvent | DeniedEvent | TenantCrossingEvent | RevokedEvent | ProviderEvent
) & {
  readonly at: number;
};

/** What an event can be about: the names that `AuthEvents` listens by. */
export type AuthEventType = AuthEvent['type'];

/** The event of one type. */
export type AuthEventOf<Type extends AuthEventType> = Extract<AuthEvent, { readonly type: Type }>;
