import type { ServerResponse } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { CLS_CTX, CLS_REQ, ClsServiceManager, ContextClsStoreMap } from 'nestjs-cls';
import type { CredentialSource } from './credential.js';
import type { Identity } from './identity.js';
import { noteCopy } from './loaded-copies.js';

/** Members that may differ in a scope that is opened inside of another one. */
type ScopeChanges = Partial<
  Pick<RequestScope, 'identity' | 'presented' | 'tenantId' | 'tenantHeader' | 'crossing'>
>;

/**
 * State of Patronus for the running request, message or job. One for each, in its CLS store.
 *
 * A class, not a literal: after a burst of uncached tokens V8 allocates a literal of that place in
 * its old generation, where each one keeps its whole request alive until the next full collection.
 */
export class RequestScope {
  identity: Identity | undefined = undefined;
  /**
   * Identity of the presented credential, admitted or not: for events and logs, and never for a
   * decision.
   */
  presented: Identity | undefined = undefined;
  tenantId: string | undefined = undefined;
  /** Header that names the tenant here, and at services that are called from here. */
  tenantHeader: string | undefined = undefined;
  /**
   * Reads the caller's credential from the request again, to pass it on. It is stored nowhere else.
   */
  credential: CredentialSource | undefined = undefined;
  /** True if the route is open to every caller, so that no credential was read. */
  isPublic = false;
  /** True if the identity was cached: for explanations. */
  remembered = false;
  /** True if the caller proved to hold the key that its credential is bound to (RFC 9449). */
  proven = false;
  /** True if the token may be in the query: on the routes that allow it. */
  allowsQueryToken = false;
  /**
   * Reason why this work may reach beyond one tenant. Undefined if it may not, as in nearly all
   * cases.
   */
  crossing: string | undefined = undefined;
  /** Id of this request's decision in answers, events and logs. Created on first use. */
  decisionId: string | undefined = undefined;
  /** Class and handler that the guards let the call through to. */
  owner: Function | undefined = undefined;
  handler: Function | undefined = undefined;
  /**
   * Call of that handler, for denials inside of it. Undefined for a route: the context holds an
   * array literal that Nest makes for its guards. V8 would allocate it in its old generation if it
   * lived as long as the request, and each array would keep a request alive until the next full
   * collection.
   */
  context: ExecutionContext | undefined = undefined;
  /**
   * Caller and tenant that the guards admitted to the handler, so that a second guard need not
   * check again.
   */
  allowedAs: Identity | undefined = undefined;
  allowedIn: string | undefined = undefined;
  /** Matches with routes (see `routeMatchOf`) that the caller was admitted and allowed to. */
  admittedMatch: unknown = undefined;
  allowedMatch: unknown = undefined;
  /**
   * Request that this call arrived in together with others: for a field of a GraphQL operation.
   * Undefined for most.
   */
  around: RequestScope | undefined = undefined;

  constructor(
    /**
     * Raw response of the HTTP server, for the headers of a denial. Undefined in a message or a
     * job.
     */
    readonly response: ServerResponse | undefined,
    /** Authenticates a request for the application that received it. */
    readonly authenticate: (request: object) => Promise<Identity>,
  ) {}

  /**
   * Returns a scope for one of several calls of this request: each is admitted to its own tenant
   * and resource.
   */
  ofCall(): RequestScope {
    const call = new RequestScope(this.response, this.authenticate);
    call.around = this.around ?? this;
    const { presented, remembered, proven } = call.around;
    return Object.assign(call, { presented, remembered, proven });
  }

  /**
   * Records that one of its calls was admitted. Work that belongs to no call runs in its tenant,
   * unless they have several.
   */
  learn({ identity, presented, tenantId, tenantHeader, credential, proven }: RequestScope): void {
    if (identity === undefined) return;
    if (this.identity === undefined) {
      Object.assign(this, { identity, presented, tenantId, tenantHeader, credential, proven });
    } else if (this.tenantId !== tenantId) {
      this.tenantId = undefined;
    }
  }

  /** Copies the scope with changes, for work inside of it. */
  with(changes: ScopeChanges): RequestScope {
    return Object.assign(new RequestScope(this.response, this.authenticate), this, changes);
  }
}

/** Format of scopes, raised by a release whose scopes an earlier release cannot read. */
const FORMAT = 1;

noteCopy(FORMAT);

/** Global symbol, so that decorators of a second copy of this package read the same scopes. */
const SCOPE: unique symbol = Symbol.for(`patronus:request-scope:${FORMAT}`);

/** Object that holds a scope: a store of nestjs-cls, or a request. */
interface Carrier {
  [SCOPE]?: RequestScope | undefined;
  /** Message behind a request of Fastify. */
  readonly raw?: Carrier;
}

const cls = ClsServiceManager.getClsService();

/**
 * Returns the scope of the running request, or undefined outside of one.
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

/**
 * Binds a scope to a request of the HTTP server, independent of the store that is open while it is
 * handled.
 */
export function bindScope(request: object, scope: RequestScope): void {
  if (isCarrier(request)) (request.raw ?? request)[SCOPE] = scope;
}

/**
 * Returns the scope that is bound to a request, of the HTTP server or of a framework on top of it.
 */
export function scopeOfRequest(request: unknown): RequestScope | undefined {
  return isCarrier(request) ? (request.raw ?? request)[SCOPE] : undefined;
}

/**
 * Runs `callback` inside `scope`, in a store of its own that starts as a copy of the open one. A
 * server that was started inside a store would otherwise share that store among its requests.
 */
export function runInScope<Result>(scope: RequestScope, callback: () => Result): Result {
  return cls.runWith({ ...cls.get(), [SCOPE]: scope }, callback);
}

/**
 * Runs `callback` for a request, and binds the scope to it. A store that nestjs-cls opened for the
 * request carries the scope. A store of another request is left, with everything in it.
 *
 * @param isShared - true if guards and interceptors of nestjs-cls are to use the same store
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

/** Returns the request that nestjs-cls names in a store of its own: `saveReq` and `saveCtx`. */
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
