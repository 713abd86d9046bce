import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { CLS_CTX, CLS_REQ, ClsServiceManager, ContextClsStoreMap } from 'nestjs-cls';
import type { Credential } from './credential.js';
import type { Identity } from './identity.js';
import { noteCopy } from './loaded-copies.js';

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
  /** Whether the route is open to all, so that no credential was looked at. */
  isPublic = false;
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
  /** The class and the handler that the guards let the call through to. */
  owner: Function | undefined = undefined;
  handler: Function | undefined = undefined;
  /**
   * The call of that handler, for denials inside of it. Undefined for a route: the context holds an array
   * literal that Nest makes for its guards. V8 would allocate it in its old generation if it lived as long
   * as the request, and each array would keep a request alive until the next full collection.
   */
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

/** Raised by a release whose scopes an earlier release cannot read. */
const FORMAT = 1;

noteCopy(FORMAT);

/** Global: decorators of a second copy of this package read the same scopes. */
const SCOPE: unique symbol = Symbol.for(`patronus:request-scope:${FORMAT}`);

/** What a scope is kept in: a store of nestjs-cls, or a request. */
interface Carrier {
  [SCOPE]?: RequestScope | undefined;
  /** The message behind a request of Fastify. */
  readonly raw?: Carrier;
}

const cls = ClsServiceManager.getClsService();

/**
 * The scope of the running request, or undefined outside of one.
 *
 * Guards, interceptors and middleware of nestjs-cls open stores that hold no scope. They name their
 * request, and the scope is bound to that.
 */
export function currentScope(): RequestScope | undefined {
  const store: object | undefined = cls.get();
  if (store === undefined || !isCarrier(store)) return undefined;
  const scope = store[SCOPE];
  return scope !== undefined || SCOPE in store ? scope : scopeOfRequest(requestIn(store));
}

/** Binds a scope to a request of the HTTP server, whatever store is open while it is handled. */
export function bindScope(request: object, scope: RequestScope): void {
  if (isCarrier(request)) (request.raw ?? request)[SCOPE] = scope;
}

/** The scope that is bound to a request, of the HTTP server or of a framework on top of it. */
export function scopeOfRequest(request: unknown): RequestScope | undefined {
  return isCarrier(request) ? (request.raw ?? request)[SCOPE] : undefined;
}

/**
 * Runs `callback` inside `scope`, in a store of its own that starts as a copy of the open one. A server
 * that was started inside a store would share that among its requests.
 */
export function runInScope<Result>(scope: RequestScope, callback: () => Result): Result {
  return cls.runWith({ ...cls.get(), [SCOPE]: scope }, callback);
}

/**
 * Runs `callback` for a request, and binds the scope to it. A store that nestjs-cls opened for the request
 * carries the scope. One that belongs to another request is left behind with all it holds.
 *
 * @param isShared - whether guards and interceptors of nestjs-cls are to use the same store
 */
export function runRequest<Result>(
  scope: RequestScope,
  request: object,
  isShared: boolean,
  callback: () => Result,
): Result {
  bindScope(request, scope);
  const around = currentScope();
  if (around === scope) return callback();
  const store: object | undefined = cls.get();
  if (isShared && isCarrier(store) && ContextClsStoreMap.getByRaw(request) === store) {
    store[SCOPE] = scope;
    return callback();
  }
  const isForeign = around?.response !== undefined && around.response !== scope.response;
  const own = isForeign ? { [SCOPE]: scope } : { ...store, [SCOPE]: scope };
  if (isShared) ContextClsStoreMap.setByRaw(request, own);
  return cls.runWith(own, callback);
}

/** Runs `callback` outside of every scope, as if no request had led to it. */
export function runOutsideScopes<Result>(callback: () => Result): Result {
  if (currentScope() === undefined) return callback();
  return cls.runWith({ ...cls.get(), [SCOPE]: undefined }, callback);
}

/** The request that nestjs-cls names in a store of its own making: `saveReq` and `saveCtx`. */
function requestIn(store: object): unknown {
  const request: unknown = Reflect.get(store, CLS_REQ);
  if (request !== undefined) return request;
  const context: unknown = Reflect.get(store, CLS_CTX);
  const isHttp = isContext(context) && context.getType() === 'http';
  return isHttp ? context.getArgByIndex(0) : undefined;
}

function isContext(value: unknown): value is ExecutionContext {
  return isCarrier(value) && 'getType' in value && 'getArgByIndex' in value;
}

function isCarrier(value: unknown): value is Carrier {
  return typeof value === 'object' && value !== null;
}
