import type { PolicyContext } from './policy-context.js';

/** Finds the resource that a request is about, and says whose it is. */
export abstract class ResourceLoader<Resource = unknown> {
  /**
   * The resource, or nothing where there is none: the caller then gets 404 `resource_not_found`, as
   * for Nest's `NotFoundException`. An id that cannot exist is such a case. Anything else that is
   * thrown is an outage, 503; a `PatronusError` is passed on.
   */
  abstract load(
    context: PolicyContext,
  ): Promise<Resource | null | undefined> | Resource | null | undefined;

  /**
   * The tenant that the resource belongs to, or undefined where it belongs to none. Unless it is the
   * very tenant of the request, the resource does not exist for the caller.
   */
  abstract tenantOf(resource: Resource): string | undefined;
}
