import type { RequestScope } from './request-scope.js';

let scopes: WeakMap<object, RequestScope> | undefined;

/**
 * Keeps the scope of every response from now on: what hears that a response is over, such as an access
 * log, may hear it outside of the request's context, or inside of another one's.
 */
export function rememberResponses(): void {
  scopes ??= new WeakMap();
}

/** Notes which response belongs to a scope. Costs nothing where nobody has asked for it. */
export function noteResponse(scope: RequestScope): void {
  if (scopes !== undefined && scope.response !== undefined) scopes.set(scope.response, scope);
}

/** The scope that a response belongs to, where it was noted. */
export function scopeOfResponse(response: object): RequestScope | undefined {
  return scopes?.get(response);
}
