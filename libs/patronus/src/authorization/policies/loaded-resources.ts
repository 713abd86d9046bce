import type { RequestScope } from '../../identity/request-scope.js';

/** What was loaded for a request, by the class that loaded it. */
export type LoadedResources = Map<Function, unknown>;

const loaded = new WeakMap<RequestScope, LoadedResources>();

/** The resources of a request, kept as long as the request is. */
export function loadedResources(scope: RequestScope): LoadedResources {
  let resources = loaded.get(scope);
  if (resources === undefined) loaded.set(scope, (resources = new Map()));
  return resources;
}
