import { MetadataScanner } from '@nestjs/core';
import { marksOfHandler } from '../authorization/rules/route-mark.js';
import type { RouteAccess } from '../authorization/rules/route-rule.js';
import { RuleRegistry } from '../authorization/rules/rule-registry.js';
import { roleOfGuard } from '../coverage/guards-in-force.js';
import { PatronusConfigurationError } from '../errors/configuration.error.js';
import { HandlerExplorer } from '../transport/handler-explorer.js';
import type { TransportHost } from '../transport/transport-host.js';
import { catchErrorsIn, CLIENT_HOOKS } from './gateway-hooks.js';

/** Port and namespace of a server: gateways of one place share its connections. */
export interface Place {
  readonly port: number;
  readonly path: unknown;
  readonly namespace: unknown;
}

/** Metadata keys of Nest for gateways; its packages do not export the names. */
const GATEWAY = 'websockets:is_gateway';
const OPTIONS = 'websockets:gateway_options';
const PORT = 'port';

/** Hooks that Nest calls without guards. */
const HOOKS = ['afterInit', ...CLIENT_HOOKS] as const;

/** Represents all handlers of a gateway. */
function everyMessage(): void {}

/** Represents a gateway without any decorator. */
class Plain {}

/** Requirements of the gateways of an application on connecting clients. */
export class Gateways {
  readonly #rules: RuleRegistry;

  constructor(private readonly host: TransportHost) {
    this.#rules = new RuleRegistry(new HandlerExplorer(host.discovery, new MetadataScanner()));
  }

  /**
   * Refuses decorators on hooks.
   *
   * @throws {PatronusConfigurationError} if a decorator is on a method for which it has no effect
   */
  refuseMarkedHooks(): void {
    for (const gateway of this.#all()) {
      for (const name of HOOKS) {
        const hook: unknown = Reflect.get(gateway.prototype, name);
        if (typeof hook !== 'function' || marksOfHandler(gateway, hook).length === 0) continue;
        throw new PatronusConfigurationError(
          `${gateway.name}.${name}`,
          'has a decorator, but no guard runs before it is called.',
          'Put the decorator onto the gateway, or onto the handlers of its messages.',
        );
      }
    }
  }

  /** Wraps the hooks, before Nest binds them. */
  catchErrorsInHooks(): void {
    for (const gateway of this.#all()) catchErrorsIn(gateway);
  }

  /**
   * Returns `public` if no handler of the place reads a credential, `optional` if one works
   * without, `authenticated` otherwise.
   */
  accessAt(place: Place): RouteAccess {
    const access = this.#all()
      .filter((gateway) => isAt(gateway, place))
      .flatMap((gateway) => this.#accessOf(gateway));
    if (access.length === 0) return this.#areGuardsGlobal() ? 'authenticated' : 'public';
    if (access.every((one) => one === 'public')) return 'public';
    return access.every((one) => one === 'authenticated') ? 'authenticated' : 'optional';
  }

  #accessOf(gateway: Function): readonly RouteAccess[] {
    const handlers = this.#rules
      .all()
      .filter(({ type, owner }) => type === 'ws' && owner === gateway)
      .map(({ handler, rule }) => (this.#isGuarded(gateway, handler) ? rule.access : 'public'));
    const whole = this.#isGuarded(gateway, everyMessage)
      ? this.#rules.ruleOf(gateway, everyMessage).access
      : 'public';
    const counts = handlers.length === 0 || whole !== 'authenticated';
    return counts ? [...handlers, whole] : handlers;
  }

  #all(): readonly Function[] {
    const classes = this.host.discovery.getProviders().map(({ metatype }): unknown => metatype);
    return [...new Set(classes)].filter(isGateway);
  }

  #isGuarded(owner: Function, handler: Function): boolean {
    return this.host
      .guardsBefore({ type: 'ws', owner, handler })
      .some((guard) => roleOfGuard(guard, 'ws') === 'AuthGuard');
  }

  #areGuardsGlobal(): boolean {
    return this.#isGuarded(Plain, everyMessage);
  }
}

function isGateway(metatype: unknown): metatype is Function {
  return typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY, metatype);
}

function isAt(gateway: Function, place: Place): boolean {
  const options: unknown = Reflect.getMetadata(OPTIONS, gateway);
  const own = placeOf(Reflect.getMetadata(PORT, gateway), options);
  return own.port === place.port && own.path === place.path && own.namespace === place.namespace;
}

/** Returns the place that Nest derives from a port and the options of a gateway. */
export function placeOf(port: unknown, options: unknown): Place {
  const { path, namespace } = isOptions(options) ? options : {};
  return {
    port: typeof port === 'number' ? port : 0,
    path,
    namespace: typeof namespace === 'string' ? withSlash(namespace) : namespace,
  };
}

/** Adds the slash of a namespace. Undefined for the namespace of the server itself. */
function withSlash(namespace: string): string | undefined {
  const name = namespace.startsWith('/') ? namespace : `/${namespace}`;
  return name === '/' ? undefined : name;
}

function isOptions(options: unknown): options is { path?: unknown; namespace?: unknown } {
  return typeof options === 'object' && options !== null;
}
