import { checkMembers } from '../../errors/check-option.js';

/** One of the two tenants, and a caller who may use every route in it. */
export interface IsolationTenant {
  /** As it stands in the tenant header, and in messages. */
  readonly id: string;
  /** The caller's credential: `{ authorization: 'Bearer …' }`. */
  readonly headers: Readonly<Record<string, string>>;
  /** What each route parameter is in this tenant: `{ id: 'ana-ruiz' }`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Texts that stand in this tenant's data and nowhere else: names, ids. At least one. */
  readonly marks: readonly string[];
}

/** A route to try. */
export interface IsolationRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its parameters: `/patients/:id`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Parameters where they differ from those of the tenants: by tenant id. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What {@link expectIsolated} needs to know. */
export interface IsolationPlan {
  readonly tenants: readonly [IsolationTenant, IsolationTenant];
  /** Each must work for both tenants: a route that refuses its own people proves nothing. */
  readonly routes: readonly IsolationRoute[];
  /**
   * Routes that need no proof, each with the reason: `{ 'GET /health': 'holds no data' }`. Where this
   * is given, every other route of the application must stand in `routes`.
   */
  readonly except?: Readonly<Record<string, string>>;
  /** The header that names a tenant, where the application reads one. */
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
