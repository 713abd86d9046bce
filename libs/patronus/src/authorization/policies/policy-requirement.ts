import type { Type } from '@nestjs/common';
import { PatronusConfigurationError } from '../../errors/configuration.error.js';
import type { PolicyContext } from './policy-context.js';
import type { ResourceLoader } from './resource-loader.js';

/** What the caller must be allowed to do to one resource. */
export interface PolicyRequirement {
  readonly kind: 'policy';
  /** As it was written: `@Authorize(CanEditAppointment)`. */
  readonly decorator: string;
  /** The provider that loads the resource. */
  readonly loader: Type<ResourceLoader>;
  /** The methods that it must have, besides those of every loader. */
  readonly methods: readonly string[];
  permits(
    loader: ResourceLoader,
    resource: unknown,
    context: PolicyContext,
  ): boolean | Promise<boolean>;
}

/** Whether a requirement is about one resource. */
export function isPolicy(requirement: { readonly kind: string }): requirement is PolicyRequirement {
  return requirement.kind === 'policy';
}

/** @throws {PatronusConfigurationError} where `loader` is no class, such as in a circle of imports */
export function requireLoader(decorator: string, loader: unknown): void {
  if (typeof loader === 'function') return;
  throw new PatronusConfigurationError(
    decorator,
    `${String(loader)} is not a class.`,
    'Name an injectable class. Where it is undefined, two files import each other: part them.',
  );
}
