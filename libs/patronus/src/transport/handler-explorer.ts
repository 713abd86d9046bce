import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** Transports whose handlers are found by the metadata of Nest's own decorators. */
export type HandlerType = 'http' | 'ws' | 'rpc' | 'graphql';

/** Method that handles calls of a transport. */
export interface BoundHandler {
  readonly type: HandlerType;
  /** Class that Nest binds it for, which may have inherited it. */
  readonly owner: Function;
  readonly handler: Function;
  /** Name of the method. */
  readonly name: string;
  /** Calls that reach it, if Nest's decorators do not name them. */
  readonly calls?: readonly string[];
}

/** Metadata key of the type that a resolver method, or every method of a resolver class, is of. */
const RESOLVER_TYPE = 'graphql:resolver_type';

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);

/** Metadata keys of Nest for handlers; its packages do not export them. */
const MARKS: Readonly<Record<HandlerType, readonly string[]>> = {
  http: ['method'],
  ws: ['websockets:message_mapping'],
  rpc: ['microservices:handler_type'],
  graphql: [RESOLVER_TYPE, 'graphql:resolve_property', 'graphql:resolve_reference'],
};

const TYPES: readonly HandlerType[] = ['http', 'ws', 'rpc', 'graphql'];

/** Finds every handler of every transport, with or without its package loaded. */
@Injectable()
export class HandlerExplorer {
  private readonly added: BoundHandler[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Returns all handlers. A handler that a factory provides is found once the factory has run. */
  all(): readonly BoundHandler[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const owners = new Set(wrappers.map(({ metatype }) => metatype));
    const prototypes = new Set<unknown>();
    const found = [...owners].flatMap((owner) => {
      if (typeof owner !== 'function') return [];
      prototypes.add(owner.prototype);
      return this.of(owner, owner.prototype, TYPES);
    });
    const instances = wrappers.map(({ instance }): unknown => instance);
    return [...found, ...this.ofInstances(instances, prototypes), ...this.added];
  }

  /** Adds a handler that does not belong to Nest. */
  add(handler: BoundHandler): void {
    this.added.push(handler);
  }

  /**
   * Finds the resolvers that a factory or a value provides: `@nestjs/graphql` binds the methods of
   * instances. Nest binds controllers and gateways by their class.
   */
  private ofInstances(instances: readonly unknown[], seen: Set<unknown>): readonly BoundHandler[] {
    return instances.flatMap((instance) => {
      if (typeof instance !== 'object' || instance === null) return [];
      const prototype: unknown = Object.getPrototypeOf(instance);
      if (seen.has(prototype)) return [];
      seen.add(prototype);
      const owner: unknown = instance.constructor;
      return typeof owner === 'function' ? this.of(owner, prototype, ['graphql']) : [];
    });
  }

  private of(
    owner: Function,
    prototype: unknown,
    asked: readonly HandlerType[],
  ): readonly BoundHandler[] {
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler: unknown = Reflect.get(prototype, name);
      if (typeof handler !== 'function') return [];
      const types = asked.filter((type) => isMarked(handler, owner, type));
      return types.map((type) => ({ type, owner, handler, name }));
    });
  }
}

/** Returns the GraphQL type of a resolver's method. That of its class is the default, as in Nest. */
export function resolverType({ owner, handler }: Pick<BoundHandler, 'owner' | 'handler'>): unknown {
  const own: unknown = Reflect.getMetadata(RESOLVER_TYPE, handler);
  return own || Reflect.getMetadata(RESOLVER_TYPE, owner);
}

/** Returns true for the types of operations. Nest binds every method of a class of such a type. */
export function isRootType(type: unknown): type is string {
  return ROOT_TYPES.has(type);
}

function isMarked(handler: Function, owner: Function, type: HandlerType): boolean {
  if (MARKS[type].some((mark) => Reflect.hasMetadata(mark, handler))) return true;
  return type === 'graphql' && isRootType(resolverType({ owner, handler }));
}
