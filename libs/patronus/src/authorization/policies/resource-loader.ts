import type { PolicyContext } from './policy-context.js';

/** Loads the resource that a request is for, and names its tenant. */
export abstract class ResourceLoader<Resource = unknown> {
  /**
   * Returns the resource. If it returns undefined or null, the caller gets 404
   * `resource_not_found`, as for Nest's `NotFoundException`. Do so for an id that cannot exist. Any
   * other error is an outage, 503. A `PatronusError` is passed on.
   */
  abstract load(
    context: PolicyContext,
  ): Promise<Resource | null | undefined> | Resource | null | undefined;

  /**
   * Returns the tenant that the resource belongs to, or undefined if it belongs to none. Unless it
   * is the tenant of the request, the caller gets 404.
   */
  abstract tenantOf(resource: Resource): string | undefined;
}
