import { PatronusError } from '../errors/patronus.error.js';

/** Hooks that Nest calls without guards, and whose errors it does not catch. */
export const CLIENT_HOOKS = ['handleConnection', 'handleDisconnect'] as const;

type Refuse = (error: PatronusError) => void;

/** Refusals by client: a hook belongs to its class, which may serve several applications. */
const REFUSALS = new WeakMap<object, Refuse>();
const CAUGHT = new WeakSet<object>();

/** Passes errors of a hook that concern `client` to `refuse`. */
export function catchErrorsOf(client: object, refuse: Refuse): void {
  REFUSALS.set(client, refuse);
}

/**
 * Makes a denial in a hook of a gateway a denial of its client. Otherwise it would be an
 * `unhandledRejection` or an `uncaughtException`, by which a caller without a tenant ends the
 * process. Other errors of a hook stay unchanged.
 */
export function catchErrorsIn(gateway: Function): void {
  const prototype: unknown = gateway.prototype;
  if (typeof prototype !== 'object' || prototype === null) return;
  for (const name of CLIENT_HOOKS) {
    const hook: unknown = Reflect.get(prototype, name);
    if (typeof hook !== 'function') continue;
    if (Object.hasOwn(prototype, name) && CAUGHT.has(hook)) continue;
    const caught = catching(hook, prototype);
    CAUGHT.add(caught);
    Object.defineProperty(prototype, name, { value: caught, configurable: true, writable: true });
  }
}

/**
 * Wraps only the outermost hook: a class that calls the hook of its base class must not continue.
 */
function catching(hook: Function, prototype: object): Function {
  const caught = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(hook, this, args);
    if (typeof this !== 'object' || this === null) return call();
    if (Object.getPrototypeOf(this) !== prototype) return call();
    try {
      const answer = call();
      return answer instanceof Promise
        ? answer.catch((error: unknown) => answerFor(args[0], error))
        : answer;
    } catch (error) {
      return answerFor(args[0], error);
    }
  };
  // So that metadata of the hook is found on it.
  Object.setPrototypeOf(caught, hook);
  return caught;
}

function answerFor(client: unknown, error: unknown): void {
  const known = typeof client === 'object' && client !== null ? REFUSALS.get(client) : undefined;
  if (known === undefined || !(error instanceof PatronusError)) throw error;
  known(error);
}
