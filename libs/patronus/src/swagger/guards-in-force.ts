import { ApplicationConfig } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { PermissionsGuard } from '../authorization/permissions.guard.js';
import type { RouteRule } from '../authorization/route-rule.js';
import type { ControllerHandler } from './handler-labels.js';

/** Where Nest keeps what `@UseGuards()` names; its packages do not export the name. */
const GUARDS = '__guards__';

/** `AuthGuard` of Patronus extends this, and so does `AuthGuard('patronus')`. */
const authGuard = PassportGuard('patronus');

/** Which guards stand before a handler: those of the whole application, and those of `@UseGuards()`. */
export class GuardsInForce {
  readonly #global: readonly unknown[];

  constructor(app: INestApplication) {
    const config = app.get(ApplicationConfig, { strict: false });
    const ofRequests = config.getGlobalRequestGuards().map(({ metatype }): unknown => metatype);
    this.#global = [...config.getGlobalGuards(), ...ofRequests];
  }

  /**
   * What of its rule a handler is asked for: all of it, nothing but a caller where no
   * `PermissionsGuard` stands there, or undefined where no guard does.
   */
  narrow(rule: RouteRule, { owner, handler }: ControllerHandler): RouteRule | undefined {
    const guards = [...this.#global, ...guardsOn(owner), ...guardsOn(handler)];
    if (guards.some((guard) => isOf(guard, PermissionsGuard))) return rule;
    if (!guards.some((guard) => isOf(guard, authGuard))) return undefined;
    const { access, tenantOptional } = rule;
    return { access, tenantOptional, requirements: [], needsGrants: false };
  }
}

function guardsOn(target: Function): readonly unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards : [];
}

/** Whether a guard, as a class or as an instance, is of that class or of one that extends it. */
function isOf(guard: unknown, type: Function): boolean {
  if (typeof guard !== 'function') return guard instanceof type;
  return guard === type || guard.prototype instanceof type;
}
