import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** The transports whose handlers are found by what Nest's own decorators leave behind. */
export type HandlerType = 'http' | 'ws' | 'rpc' | 'graphql';

/** A method that calls of some transport reach. */
export interface BoundHandler {
  readonly type: HandlerType;
  /** The class that Nest binds it of, which may have inherited it. */
  readonly owner: Function;
  readonly handler: Function;
  /** The name of the method. */
  readonly name: string;
  /** What reaches it, if Nest's decorators do not say so. */
  readonly calls?: readonly string[];
}

/** The metadata of handlers, by the names that Nest gives it; its packages do not export them. */
const MARKS: Readonly<Record<HandlerType, readonly string[]>> = {
  http: ['method'],
  ws: ['websockets:message_mapping'],
  rpc: ['microservices:handler_type'],
  graphql: ['graphql:resolver_type', 'graphql:resolve_property', 'graphql:resolve_reference'],
};

const TYPES: readonly HandlerType[] = ['http', 'ws', 'rpc', 'graphql'];

/** Finds every handler of every transport, whether or not its package is loaded. */
@Injectable()
export class HandlerExplorer {
  private readonly added: BoundHandler[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Finds a handler that a factory provides once the factory has run. */
  all(): readonly BoundHandler[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const owners = new Set(wrappers.map(({ metatype }) => metatype));
    const prototypes = new Set<unknown>();
    const found = [...owners].flatMap((owner) => {
      if (typeof owner !== 'function') return [];
      prototypes.add(owner.prototype);
      return this.of(owner.prototype, TYPES).map((handler) => ({ ...handler, owner }));
    });
    const instances = wrappers.map(({ instance }): unknown => instance);
    return [...found, ...this.ofInstances(instances, prototypes), ...this.added];
  }

  /** Adds what stands for a handler, and is none of Nest's. */
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
      return this.of(prototype, ['graphql']).flatMap((handler) => {
        const owner: unknown = instance.constructor;
        return typeof owner === 'function' ? [{ ...handler, owner }] : [];
      });
    });
  }

  private of(
    prototype: unknown,
    asked: readonly HandlerType[],
  ): readonly Omit<BoundHandler, 'owner'>[] {
    if (typeof prototype !== 'object' || prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler: unknown = Reflect.get(prototype, name);
      if (typeof handler !== 'function') return [];
      const types = asked.filter((type) => isMarked(handler, type));
      return types.map((type) => ({ type, handler, name }));
    });
  }
}

function isMarked(handler: Function, type: HandlerType): boolean {
  return MARKS[type].some((mark) => Reflect.hasMetadata(mark, handler));
}
