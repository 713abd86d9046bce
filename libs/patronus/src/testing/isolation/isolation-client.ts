import type { IsolationRoute, IsolationTenant } from './isolation-plan.js';

/** Answer that a caller got. */
export interface Seen {
  readonly status: number;
  readonly text: string;
}

/** Calls the routes of an application as one tenant or the other. */
export class IsolationClient {
  /** Number of requests that were sent. */
  requests = 0;

  constructor(
    private readonly url: string,
    private readonly tenantHeader: string | undefined,
  ) {}

  /**
   * Calls a route.
   *
   * @param params parameters of the resources to request: those of a tenant, or invented ones
   * @param claimed tenant that the header names, if there is such a header
   */
  async ask(
    caller: IsolationTenant,
    route: IsolationRoute,
    params: Readonly<Record<string, string>>,
    claimed?: string,
  ): Promise<Seen> {
    this.requests += 1;
    const answer = await fetch(this.url + fill(route.path, params), {
      method: route.method,
      headers: {
        ...caller.headers,
        ...(route.body !== undefined && { 'content-type': 'application/json' }),
        ...(claimed !== undefined &&
          this.tenantHeader !== undefined && { [this.tenantHeader]: claimed }),
      },
      ...(route.body !== undefined && { body: JSON.stringify(route.body) }),
    });
    return { status: answer.status, text: await answer.text() };
  }
}

/** Returns the names of the parameters of a path. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${path}: no tenant gives a value for :${name}.`);
    return encodeURIComponent(value);
  });
}
