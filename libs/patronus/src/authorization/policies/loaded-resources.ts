import type { RequestScope } from '../../identity/request-scope.js';

/** Resources that were loaded for a request, by the class that loaded them. */
export type LoadedResources = Map<Function, unknown>;

interface Loaded {
  readonly match: unknown;
  readonly resources: LoadedResources;
}

const loaded = new WeakMap<RequestScope, Loaded>();

/**
 * Returns the resources of a request, which are kept until it ends or matches another route.
 *
 * @param match of the request with its route, from `routeMatchOf`
 */
export function loadedResources(scope: RequestScope, match: unknown): LoadedResources {
  const known = loaded.get(scope);
  if (known !== undefined && known.match === match) return known.resources;
  const resources: LoadedResources = new Map();
  loaded.set(scope, { match, resources });
  return resources;
}
