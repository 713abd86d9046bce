import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ApplicationConfig, type DiscoveryService } from '@nestjs/core';
import type { BindingWatch } from './binding-watch.js';
import { type BoundHandler, isRootType, resolverType } from './handler-explorer.js';
import { memberOf } from './member-of.js';

/** Metadata key of `@UseGuards()`; the packages of Nest do not export it. */
const GUARDS = '__guards__';

/** Token of the options of `GraphQLModule`; the package does not export it. */
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** Metadata key of fields of a type: they are reached through the fields above them only. */
const FIELD = 'graphql:resolve_property';

/** Metadata key of entities of a federation: a gateway requests them directly. */
const ENTITY = 'graphql:resolve_reference';

/** Handler whose guards are looked up. */
export type GuardedHandler = Pick<BoundHandler, 'type' | 'owner' | 'handler'>;

/**
 * Refuses calls of a handler after all its other guards. It is not one of the application's guards.
 */
export class LastGuard implements CanActivate {
  /** @param check - throws to refuse the call */
  constructor(private readonly check: (context: ExecutionContext) => void) {}

  canActivate(context: ExecutionContext): true {
    this.check(context);
    return true;
  }
}

/**
 * Adds a guard behind the others of each handler, and removes the one of an earlier application.
 */
export function putLastGuard(
  handlers: readonly Pick<BoundHandler, 'handler'>[],
  guard: LastGuard | undefined,
): void {
  for (const { handler } of handlers) {
    const guards = guardsOn(handler);
    if (guard !== undefined) Reflect.defineMetadata(GUARDS, [...guards, guard], handler);
    else if (guards.length === 0) Reflect.deleteMetadata(GUARDS, handler);
    else Reflect.defineMetadata(GUARDS, guards, handler);
  }
}

/** Determines the guards that Nest runs before a handler, in their order. */
export class HandlerGuards {
  #settled: ReturnType<HandlerGuards['globals']> | undefined;

  /** @param bindings - the global guards at the time when Nest bound a handler */
  constructor(
    private readonly config: ApplicationConfig,
    private readonly discovery: DiscoveryService,
    private readonly bindings?: BindingWatch,
  ) {}

  /**
   * Keeps the global guards of the first route, or the current ones if Nest bound no route. A guard
   * that `useGlobalGuards()` adds later, such as in `onModuleInit`, runs before no route.
   */
  settle(): void {
    this.#settled ??= this.globals();
  }

  /**
   * Returns the guards before a handler, as classes and instances: global, of the class, of the
   * method.
   */
  before(bound: GuardedHandler): readonly unknown[] {
    const { type, owner, handler } = bound;
    if ((isField(bound) || isEntity(bound)) && !this.guardsFields()) return [];
    const isWatched = type === 'rpc' || type === 'ws';
    const binding = isWatched ? this.bindings?.bindingOf(handler) : undefined;
    const { ofApplication, ofRequests } = this.#settled ?? this.globals();
    const ofGateways = type === 'ws' ? this.bindings?.guardsOfGateways() : undefined;
    const globals = binding?.guards ?? ofGateways ?? ofApplication;
    const own = [...guardsOn(owner), ...guardsOn(handler)];
    // Nest binds gateways once, and never runs request-scoped global guards for them.
    const isStatic = type === 'ws' || binding?.inherits === false;
    return isStatic ? [...globals, ...own] : [...globals, ...ofRequests, ...own];
  }

  /** Returns true if Nest runs guards for the fields of types and for entities. */
  private guardsFields(): boolean {
    return fieldEnhancers(this.discovery).every((enhancers) => enhancers.includes('guards'));
  }

  private globals(): {
    readonly ofApplication: readonly unknown[];
    readonly ofRequests: readonly unknown[];
  } {
    const ofRoutes = this.bindings?.guardsOfRoutes();
    return {
      // Not by the method of the instance: `BindingWatch` would mistake it for a binding by Nest.
      ofApplication: ofRoutes ?? [...ApplicationConfig.prototype.getGlobalGuards.call(this.config)],
      ofRequests: this.config.getGlobalRequestGuards().map(classOf),
    };
  }
}

/** Returns the `fieldResolverEnhancers` of each `GraphQLModule` of the application. */
export function fieldEnhancers(discovery: DiscoveryService): readonly (readonly unknown[])[] {
  return discovery
    .getProviders()
    .filter(({ token }) => token === GRAPHQL_OPTIONS)
    .map(({ instance }) => listOf(memberOf(instance, 'fieldResolverEnhancers')));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Returns true if a resolver is the field of a type. `@ResolveField()` in a class of a root type, such
 * as `@Resolver('Query')`, makes an operation, and Nest runs guards for it.
 */
export function isField(bound: GuardedHandler): boolean {
  return isBelowRoot(bound) && Reflect.hasMetadata(FIELD, bound.handler);
}

/** Returns true if a resolver finds an entity of a federation. */
export function isEntity(bound: GuardedHandler): boolean {
  return isBelowRoot(bound) && Reflect.hasMetadata(ENTITY, bound.handler);
}

function isBelowRoot(bound: GuardedHandler): boolean {
  return bound.type === 'graphql' && !isRootType(resolverType(bound));
}

/**
 * Returns true if a guard, as a class or as an instance, is of that class or of a class that
 * extends it.
 */
export function isGuardOf(guard: unknown, type: Function): boolean {
  if (typeof guard !== 'function') return guard instanceof type;
  return guard === type || guard.prototype instanceof type;
}

/** Returns the application's own guards on a class or on a handler. */
function guardsOn(target: Function): readonly unknown[] {
  return listOf(Reflect.getMetadata(GUARDS, target)).filter((one) => !(one instanceof LastGuard));
}

/** Returns the class of a request-scoped `APP_GUARD`. An alias names it, and a factory hides it. */
function classOf(
  wrapper: ReturnType<ApplicationConfig['getGlobalRequestGuards']>[number],
): unknown {
  const [target] = wrapper.inject ?? [];
  return wrapper.isAlias ? target : wrapper.metatype;
}
