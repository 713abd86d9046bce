import { bindHere, type Callback, isCallback } from './bind-here.js';

const ADDING = ['on', 'addListener', 'prependListener'] as const;
const ADDING_ONCE = ['once', 'prependOnceListener'] as const;
const REMOVING = ['off', 'removeListener'] as const;

/** Replacement of a listener for one event. */
interface Form {
  readonly event: unknown;
  readonly call: Callback;
}

const bound = new WeakSet<object>();

/**
 * Makes the listeners of an emitter run in the context where they were added, from now on, instead
 * of the context that emits. A listener that was added outside of every request has no tenant, and
 * one of a request has that request's.
 */
export function bindEmitter(emitter: object): void {
  if (bound.has(emitter)) return;
  bound.add(emitter);
  /** Replacements of each listener, the one that was added last at the end. */
  const forms = new WeakMap<Callback, readonly Form[]>();
  const add = (event: unknown, listener: Callback, run: Callback): Callback => {
    // `once` adds a wrapper of the listener, by which it is removed (node:events).
    const of: unknown = Reflect.get(listener, 'listener') ?? listener;
    const call = Object.assign(bindHere(run), { listener: of });
    forms.set(listener, [...(forms.get(listener) ?? []), { event, call }]);
    return call;
  };
  const take = (listener: Callback, isMeant: (form: Form) => boolean): Callback | undefined => {
    const known = forms.get(listener) ?? [];
    const taken = known.findLast(isMeant);
    if (taken !== undefined) {
      forms.set(
        listener,
        known.filter((form) => form !== taken),
      );
    }
    return taken?.call;
  };
  for (const name of ADDING) {
    replace(emitter, name, (event, listener) => add(event, listener, listener));
  }
  for (const name of ADDING_ONCE) {
    replace(emitter, name, (event, listener) => {
      const call = add(event, listener, function (this: unknown, ...args) {
        take(listener, (form) => form.call === call);
        return listener.apply(this, args);
      });
      return call;
    });
  }
  for (const name of REMOVING) {
    replace(emitter, name, (event, listener) => {
      return take(listener, (form) => form.event === event) ?? listener;
    });
  }
}

/** Replaces the listener that a method of the emitter gets. */
function replace(
  emitter: object,
  name: string,
  other: (event: unknown, listener: Callback) => Callback,
): void {
  const method: unknown = Reflect.get(emitter, name);
  if (!isCallback(method)) return;
  Reflect.set(emitter, name, (event: unknown, listener: unknown, ...rest: unknown[]) =>
    method.call(emitter, event, isCallback(listener) ? other(event, listener) : listener, ...rest),
  );
}
