import { bindHere, type Callback, isCallback } from './bind-here.js';

const ADDING = ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const;
const REMOVING = ['off', 'removeListener'] as const;

const bound = new WeakSet<object>();

/**
 * Makes the listeners of an emitter run where they were added, from now on, instead of where somebody
 * emits: one that was added outside of every request has no tenant, and one of a request has that
 * request's.
 */
export function bindEmitter(emitter: object): void {
  if (bound.has(emitter)) return;
  bound.add(emitter);
  /** The bound forms of each listener, the one that was added last at the end. */
  const forms = new WeakMap<Callback, Callback[]>();
  for (const name of ADDING) {
    replace(emitter, name, (listener) => {
      // What `once` adds stands for another listener, by which it is taken away (node:events).
      const of: unknown = Reflect.get(listener, 'listener') ?? listener;
      const form = Object.assign(bindHere(listener), { listener: of });
      forms.set(listener, [...(forms.get(listener) ?? []), form]);
      return form;
    });
  }
  for (const name of REMOVING) {
    replace(emitter, name, (listener) => forms.get(listener)?.pop() ?? listener);
  }
}

/** Puts another listener in the place of the one that a method of the emitter is given. */
function replace(emitter: object, name: string, other: (listener: Callback) => Callback): void {
  const method: unknown = Reflect.get(emitter, name);
  if (!isCallback(method)) return;
  Reflect.set(emitter, name, (event: unknown, listener: unknown, ...rest: unknown[]) =>
    method.call(emitter, event, isCallback(listener) ? other(listener) : listener, ...rest),
  );
}
