import {
  type FactoryProvider,
  Inject,
  Injectable,
  type InjectionToken,
  type OnModuleInit,
  type Provider,
  Scope,
} from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { PatronusConfigurationError } from './errors/configuration.error.js';

/** Class that is also an injection token. */
export type Token<T> = abstract new (...args: never[]) => T;

const HANDED_OVER = Symbol('patronus:handed-over');

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/**
 * Separates the application's parts from the parts of the module that call them. The module's parts
 * get a stand-in, which passes each call on. A permission source may therefore inject
 * `TenantContext`, although `TenantContext` depends on the permission source.
 */
@Injectable()
export class Plugged implements OnModuleInit {
  readonly #made = new Map<Token<object>, object | undefined>();

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(HANDED_OVER) private readonly options: ReadonlyMap<Token<object>, string>,
  ) {}

  /**
   * Stores the instance that Nest created. From now on the stand-ins of `token` pass calls on to
   * it.
   */
  take<T extends object>(token: Token<T>, instance: T | undefined): void {
    this.#made.set(token, instance);
  }

  /** Returns the instance that Nest created for `token`, or undefined if it created none. */
  find(token: Token<object>): object | undefined {
    return this.#made.get(token);
  }

  /**
   * Returns the instance of `token`.
   *
   * @throws {PatronusConfigurationError} if Nest has not created it yet
   */
  get<T extends object>(token: Token<T>): T {
    const instance = this.#made.get(token);
    if (isFor(token, instance)) return instance;
    throw new PatronusConfigurationError(
      'PatronusModule',
      `${token.name} was used before the application was assembled.`,
      'Call it in onModuleInit() or later, not in a constructor or a provider factory.',
    );
  }

  /** Returns an object that acts as the instance of `token`, which need not exist yet. */
  standIn<T extends object>(token: Token<T>): T {
    const bound = new Map<unknown, { readonly method: unknown; readonly call: unknown }>();
    const prototype: unknown = Reflect.get(token, 'prototype');
    const target: unknown = Object.create(typeof prototype === 'object' ? prototype : null);
    if (!isFor(token, target)) throw new TypeError(`${token.name} is not a class.`);
    return new Proxy(target, {
      get: (_target, name): unknown => {
        const instance = this.get(token);
        const member: unknown = Reflect.get(instance, name, instance);
        if (typeof member !== 'function' || name === 'constructor') return member;
        const known = bound.get(name);
        if (known?.method === member) return known.call;
        const call: unknown = member.bind(instance);
        bound.set(name, { method: member, call });
        return call;
      },
      set: (_target, name, value): boolean => Reflect.set(this.get(token), name, value),
      getPrototypeOf: () => Reflect.getPrototypeOf(this.#made.get(token) ?? target),
    });
  }

  /**
   * Checks that every part is a singleton.
   *
   * @throws {PatronusConfigurationError} if one would be created again for each request
   */
  onModuleInit(): void {
    for (const [token, option] of this.options) {
      if (!this.#made.has(token)) this.#refuseRequestScoped(token, option);
    }
  }

  #refuseRequestScoped(token: Token<object>, option: string): never {
    const providers = this.discovery.getProviders();
    const plugged = providers.find((provider) => provider.token === token);
    const names = plugged === undefined ? token.name : describe(plugged);
    throw new PatronusConfigurationError(
      option,
      `${names} is request-scoped, and ${token.name} must be a singleton.`,
      'Inject singletons: TenantContext follows each request, and ModuleRef.resolve() creates others on demand.',
    );
  }
}

/**
 * Registers each token with {@link Plugged} once Nest has created it.
 *
 * @param options - the option of each of them, for errors
 */
export function handOver(options: ReadonlyMap<Token<object>, string>): Provider[] {
  return [
    { provide: HANDED_OVER, useValue: options },
    ...[...options.keys()].map((token) => ({
      provide: Symbol(`patronus:${token.name}`),
      inject: [Plugged, token],
      useFactory: (plugged: Plugged, instance: object | undefined) => plugged.take(token, instance),
    })),
  ];
}

/**
 * Returns the same provider with stand-ins in place of its dependencies in `plugged`. A stand-in is
 * not a provider itself: Nest would call its lifecycle hooks and find its decorated methods twice.
 */
export function withStandIns<T, Args extends unknown[]>(
  plugged: ReadonlySet<InjectionToken>,
  provider: {
    readonly provide: Token<T>;
    readonly inject: readonly InjectionToken[] & { readonly [At in keyof Args]: InjectionToken };
    readonly useFactory: (...known: Args) => T | undefined;
  },
): FactoryProvider<T | undefined> {
  const { provide, inject, useFactory } = provider;
  return {
    provide,
    inject: inject.map((token) => (plugged.has(token) ? Plugged : token)),
    useFactory: (...known: Args) => {
      for (const [at, token] of inject.entries()) {
        const given: unknown = known[at];
        if (given instanceof Plugged && isToken(token))
          Reflect.set(known, at, given.standIn(token));
      }
      return useFactory(...known);
    },
  };
}

/** Asserts the type. Only the instance that Nest created for a token is stored under it. */
function isFor<T extends object>(_token: Token<T>, made: unknown): made is T {
  return typeof made === 'object' && made !== null;
}

function isToken(token: InjectionToken): token is Token<object> {
  return typeof token === 'function';
}

/** Describes the class of the application, with the dependencies that make it request-scoped. */
function describe(provider: Wrapper): string {
  return pathToRequestScope(provider).map(nameOf).join(' → ');
}

/** Returns the name of a class, or the token of what a factory creates. */
function nameOf({ metatype, name, inject }: Wrapper): string {
  const isClass = typeof metatype === 'function' && !Array.isArray(inject);
  return isClass ? metatype.name : String(name);
}

function pathToRequestScope(provider: Wrapper, seen = new Set<Wrapper>()): readonly Wrapper[] {
  if (seen.has(provider)) return [];
  seen.add(provider);
  if (provider.scope === Scope.REQUEST) return [provider];
  const properties = (provider.getPropertiesMetadata() ?? []).map(({ wrapper }) => wrapper);
  for (const dependency of [...(provider.getCtorMetadata() ?? []), ...properties]) {
    if (dependency === undefined || dependency.isDependencyTreeStatic()) continue;
    const path = pathToRequestScope(dependency, seen);
    if (path.length > 0) return [provider, ...path];
  }
  return [];
}
