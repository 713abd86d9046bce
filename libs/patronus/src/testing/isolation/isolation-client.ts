import type { IsolationRoute, IsolationTenant } from './isolation-plan.js';

/** What a caller saw. */
export interface Seen {
  readonly status: number;
  readonly text: string;
}

/** Asks the routes of an application as one tenant or the other. */
export class IsolationClient {
  /** How many requests were sent. */
  requests = 0;

  constructor(
    private readonly url: string,
    private readonly tenantHeader: string | undefined,
  ) {}

  /**
   * @param params whose resources are asked for: those of a tenant, or made-up ones
   * @param claimed the tenant that the header names, where there is such a header
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

/** The parameters of a path by name. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
}

function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_all, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${path}: no tenant says what :${name} is.`);
    return encodeURIComponent(value);
  });
}
