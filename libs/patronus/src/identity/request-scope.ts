import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import type { Credential } from './credential.js';
import type { Identity } from './identity.js';

/** What may differ in a scope that is opened inside of another one. */
type ScopeChanges = Partial<
  Pick<RequestScope, 'identity' | 'presented' | 'tenantId' | 'tenantHeader' | 'crossing'>
>;

/**
 * What Patronus knows of the request, message or job that is running. One for each, in its CLS store.
 *
 * A class, not a literal: after a burst of cold tokens V8 allocates a literal of that place in its old
 * generation, where each one keeps its whole request alive until the next full collection.
 */
export class RequestScope {
  identity: Identity | undefined = undefined;
  /** Whose credential it is, admitted or not: for events and logs, and never for a decision. */
  presented: Identity | undefined = undefined;
  tenantId: string | undefined = undefined;
  /** The header that names the tenant here, and at services that are called from here. */
  tenantHeader: string | undefined = undefined;
  /** Reads the caller's credential from the request again, to pass it on: nothing else keeps it. */
  credential: (() => Credential) | undefined = undefined;
  /** Whether the identity was known from an earlier call: for explanations. */
  remembered = false;
  /** Whether the caller proved to hold the key that its credential is bound to (RFC 9449). */
  proven = false;
  /** Whether the token may stand in the query: on the routes that say so. */
  allowsQueryToken = false;
  /** Why this work may reach beyond one tenant; undefined where it may not, as nearly always. */
  crossing: string | undefined = undefined;
  /** Names this request's decision in answers, events and logs; made when it is first needed. */
  decisionId: string | undefined = undefined;
  /** The call of the handler that the guards let through: for the events of denials inside of it. */
  context: ExecutionContext | undefined = undefined;
  /** The caller that the guards let through to it, and in which tenant: a second guard asks no more. */
  allowedAs: Identity | undefined = undefined;
  allowedIn: string | undefined = undefined;
  /** The request that this call came in with others of: a field of an operation. Undefined for most. */
  around: RequestScope | undefined = undefined;

  constructor(
    /** The raw response of the HTTP server, for the headers of a denial. None in a message or a job. */
    readonly response: ServerResponse | undefined,
    /** Authenticates a request for the application that the request came to. */
    readonly authenticate: (request: object) => Promise<Identity>,
  ) {}

  /** For one of several calls of this request: each is admitted to its own tenant and resource. */
  ofCall(): RequestScope {
    const call = new RequestScope(this.response, this.authenticate);
    call.around = this.around ?? this;
    const { presented, remembered, proven } = call.around;
    return Object.assign(call, { presented, remembered, proven });
  }

  /** One of its calls is let in. What belongs to no call runs in its tenant, unless they have several. */
  learn({ identity, presented, tenantId, tenantHeader, credential, proven }: RequestScope): void {
    if (identity === undefined) return;
    if (this.identity === undefined) {
      Object.assign(this, { identity, presented, tenantId, tenantHeader, credential, proven });
    } else if (this.tenantId !== tenantId) {
      this.tenantId = undefined;
    }
  }

  /** The same scope with changes, for work inside of it. */
  with(changes: ScopeChanges): RequestScope {
    return Object.assign(new RequestScope(this.response, this.authenticate), this, changes);
  }
}

const SCOPE = Symbol('patronus.request-scope');

const cls = ClsServiceManager.getClsService();

/** The scope of the running request, or undefined outside of one. */
export function currentScope(): RequestScope | undefined {
  return cls.get<RequestScope | undefined>(SCOPE);
}

/**
 * Runs `callback` inside `scope`, in a store of its own that starts as a copy of the host's, where
 * the host has one open: a server that was started inside a store shares it among its requests.
 */
export function runInScope<Result>(scope: RequestScope, callback: () => Result): Result {
  return cls.runWith({ ...cls.get(), [SCOPE]: scope }, callback);
}

/** Runs `callback` outside of every scope, as if nobody's request had led to it. */
export function runOutsideScopes<Result>(callback: () => Result): Result {
  if (currentScope() === undefined) return callback();
  return cls.runWith({ ...cls.get(), [SCOPE]: undefined }, callback);
}
