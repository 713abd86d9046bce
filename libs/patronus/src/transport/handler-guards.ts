import type { ApplicationConfig } from '@nestjs/core';

/** Where Nest keeps what `@UseGuards()` names; its packages do not export the name. */
const GUARDS = '__guards__';

/** What `@UseGuards()` names on a class or on a handler: classes and instances. */
export function guardsOn(target: Function): readonly unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards : [];
}

/** The guards of the whole application, those that are made for each request as their classes. */
export function globalGuards(config: ApplicationConfig): readonly unknown[] {
  const ofRequests = config.getGlobalRequestGuards().map(({ metatype }): unknown => metatype);
  return [...config.getGlobalGuards(), ...ofRequests];
}

/** Whether a guard, as a class or as an instance, is of that class or of one that extends it. */
export function isGuardOf(guard: unknown, type: Function): boolean {
  if (typeof guard !== 'function') return guard instanceof type;
  return guard === type || guard.prototype instanceof type;
}
