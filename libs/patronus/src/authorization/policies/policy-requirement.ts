import type { Type } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { PolicyContext } from './policy-context.js';
import type { ResourceLoader } from './resource-loader.js';

/** Permission of a policy that the caller needs for one resource. */
export interface PolicyRequirement {
  readonly kind: 'policy';
  /** Decorator as it was written: `@Authorize(CanEditAppointment)`. */
  readonly decorator: string;
  /** Provider that loads the resource. */
  readonly loader: Type<ResourceLoader>;
  /** Methods that the provider must have, besides those of every loader. */
  readonly methods: readonly string[];
  permits(
    loader: ResourceLoader,
    resource: unknown,
    context: PolicyContext,
  ): boolean | Promise<boolean>;
}

/** Returns true if a requirement concerns one resource. */
export function isPolicy(requirement: { readonly kind: string }): requirement is PolicyRequirement {
  return requirement.kind === 'policy';
}

/**
 * Requires a class that loads resources.
 *
 * @throws {PatronusConfigurationError} if `loader` is not a class, such as in a circular import
 */
export function requireLoader(decorator: string, loader: unknown): void {
  if (typeof loader === 'function') return;
  throw new PatronusConfigurationError(
    decorator,
    `${String(loader)} is not a class.`,
    'Name an injectable class. If it is undefined, two files import each other: remove that circular import.',
  );
}
