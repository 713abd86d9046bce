import { ApplicationConfig } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { AuthGuard as PassportGuard } from '@nestjs/passport';
import { PermissionsGuard } from '../authorization/permissions.guard.js';
import type { RouteRule } from '../authorization/rules/route-rule.js';
import { globalGuards, guardsOn, isGuardOf } from '../transport/handler-guards.js';
import type { ControllerHandler } from './handler-labels.js';

/** `AuthGuard` of Patronus extends this, and so does `AuthGuard('patronus')`. */
const authGuard = PassportGuard('patronus');

/** Which guards stand before a handler: those of the whole application, and those of `@UseGuards()`. */
export class GuardsInForce {
  readonly #global: readonly unknown[];

  constructor(app: INestApplication) {
    this.#global = globalGuards(app.get(ApplicationConfig, { strict: false }));
  }

  /**
   * What of its rule a handler is asked for: all of it, nothing but a caller where no
   * `PermissionsGuard` stands there, or undefined where no guard does.
   */
  narrow(rule: RouteRule, { owner, handler }: ControllerHandler): RouteRule | undefined {
    const guards = [...this.#global, ...guardsOn(owner), ...guardsOn(handler)];
    if (guards.some((guard) => isGuardOf(guard, PermissionsGuard))) return rule;
    if (!guards.some((guard) => isGuardOf(guard, authGuard))) return undefined;
    const { access, tenantOptional, queryToken } = rule;
    const open = { access, tenantOptional, requirements: [], needsGrants: false };
    return queryToken === true ? { ...open, queryToken } : open;
  }
}
