import type { RequestScope } from '../../identity/request-scope.js';

/** Resources that were loaded for a request, by the class that loaded them. */
export type LoadedResources = Map<Function, unknown>;

const loaded = new WeakMap<RequestScope, LoadedResources>();

/** Returns the resources of a request, which are kept until it ends. */
export function loadedResources(scope: RequestScope): LoadedResources {
  let resources = loaded.get(scope);
  if (resources === undefined) loaded.set(scope, (resources = new Map()));
  return resources;
}
