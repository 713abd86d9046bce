import type { ApplicationConfig } from '@nestjs/core';
import type { HandlerType } from './handler-explorer.js';

/** Binding of a handler to a microservice or a gateway. */
interface Binding {
  /** True if the microservice or the gateway has the configuration of the application. */
  readonly inherits: boolean;
  /** Global guards at that time. */
  readonly guards: readonly unknown[];
}

/** Shared by the process: two applications may bind the same handlers in turn. */
let asked = false;

/**
 * Detects the global guards with which Nest binds a handler of a microservice. A hybrid application
 * that connects one without `inheritAppConfig` gives it its own configuration, without any guards.
 * Nest looks up the guards of a handler right before its interceptors. If it did not read the
 * configuration of an application, the global guards are not among them.
 */
export class BindingWatch {
  readonly #bindings = new WeakMap<Function, Binding>();
  readonly #guards: () => readonly unknown[];
  #awaitsRoutes = false;
  #ofRoutes: readonly unknown[] | undefined;
  #ofGateways: readonly unknown[] | undefined;

  constructor(config: ApplicationConfig) {
    const original = config.getGlobalGuards.bind(config);
    this.#guards = original;
    config.getGlobalGuards = () => {
      asked = true;
      if (this.#awaitsRoutes) this.#ofRoutes ??= [...original()];
      // Not for later bindings: the binding of a route reads it too, and is not reported.
      queueMicrotask(forget);
      return original();
    };
  }

  /** Keeps the global guards of the next binding, which is that of the first route. */
  awaitRoutes(): void {
    this.#awaitsRoutes = true;
  }

  /**
   * Returns the global guards with which Nest bound the first route. Undefined if it bound none so
   * far.
   */
  guardsOfRoutes(): readonly unknown[] | undefined {
    return this.#ofRoutes;
  }

  /**
   * Returns the global guards with which Nest bound the first handler of a gateway. It binds all
   * gateways at the same time. Undefined if it bound none so far.
   */
  guardsOfGateways(): readonly unknown[] | undefined {
    return this.#ofGateways;
  }

  /** Records a handler that is being bound. Of several bindings, the least guarded counts. */
  noteBinding(handler: Function, type: HandlerType): void {
    const binding = { inherits: asked, guards: asked ? [...this.#guards()] : [] };
    forget();
    if (type === 'ws') this.#ofGateways ??= binding.guards;
    const known = this.#bindings.get(handler);
    if (known === undefined || !binding.inherits) this.#bindings.set(handler, binding);
  }

  /** Returns the binding of a handler. Undefined if it was not bound so far. */
  bindingOf(handler: Function): Binding | undefined {
    return this.#bindings.get(handler);
  }
}

function forget(): void {
  asked = false;
}
