import type { ApplicationConfig } from '@nestjs/core';

/** How a handler was bound to a microservice. */
interface Binding {
  /** Whether the microservice has the configuration of the application. */
  readonly inherits: boolean;
  /** The global guards at that time. */
  readonly guards: readonly unknown[];
}

/** Of the process: two applications may bind the same handlers in turn. */
let asked = false;

/**
 * Notices with which global guards Nest binds a handler of a microservice. A hybrid application that
 * connects one without `inheritAppConfig` gives it a configuration of its own, without any. Nest looks
 * up the guards of a handler right before its interceptors. If it did not ask the configuration of an
 * application, the global guards are not among them.
 */
export class BindingWatch {
  readonly #bindings = new WeakMap<Function, Binding>();
  readonly #guards: () => readonly unknown[];

  constructor(config: ApplicationConfig) {
    const original = config.getGlobalGuards.bind(config);
    this.#guards = original;
    config.getGlobalGuards = () => {
      asked = true;
      // Not for what is bound later: a route asks too, and its binding is not told.
      queueMicrotask(forget);
      return original();
    };
  }

  /** Takes note of a handler that is being bound. Of several bindings, the least guarded counts. */
  noteBinding(handler: Function): void {
    const binding = { inherits: asked, guards: asked ? [...this.#guards()] : [] };
    forget();
    const known = this.#bindings.get(handler);
    if (known === undefined || !binding.inherits) this.#bindings.set(handler, binding);
  }

  /** How a handler was bound; undefined if it was not bound so far. */
  bindingOf(handler: Function): Binding | undefined {
    return this.#bindings.get(handler);
  }
}

function forget(): void {
  asked = false;
}
