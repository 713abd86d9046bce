import { checkMembers } from '../../errors/check-option.js';

/** One of the two tenants, and a caller who may use every route in it. */
export interface IsolationTenant {
  /** Id of the tenant, as in the tenant header and in messages. */
  readonly id: string;
  /** Credential of the caller: `{ authorization: 'Bearer …' }`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Values of the route parameters in this tenant: `{ id: 'ana-ruiz' }`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Texts that are only in this tenant's data: names, ids. At least one. */
  readonly marks: readonly string[];
}

/** Route to test. */
export interface IsolationRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with its parameters: `/patients/:id`. */
  readonly path: string;
  /** Body, sent as JSON. */
  readonly body?: unknown;
  /** Parameters by tenant id, if they differ from those of the tenants. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Settings of {@link expectIsolated}. */
export interface IsolationPlan {
  readonly tenants: readonly [IsolationTenant, IsolationTenant];
  /**
   * Routes to test. Each must work for both tenants: a route that refuses its own callers proves
   * nothing.
   */
  readonly routes: readonly IsolationRoute[];
  /**
   * Routes that need no proof, each with the reason: `{ 'GET /health': 'holds no data' }`. If it is
   * given, every other route of the application must be in `routes`.
   */
  readonly except?: Readonly<Record<string, string>>;
  /** Header that names a tenant, if the application reads one. */
  readonly tenantHeader?: string;
}

/** @throws {PatronusConfigurationError} if the plan has a member that does not exist */
export function checkPlan(plan: IsolationPlan): void {
  checkMembers('plan', plan, ['tenants', 'routes', 'except', 'tenantHeader']);
  plan.tenants.forEach((tenant, at) => {
    checkMembers(`plan.tenants[${at}]`, tenant, ['id', 'headers', 'params', 'marks']);
  });
  plan.routes.forEach((route, at) => {
    checkMembers(`plan.routes[${at}]`, route, ['method', 'path', 'body', 'params']);
  });
}

export function nameOf({ method, path }: Pick<IsolationRoute, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
