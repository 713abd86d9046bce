import type { SecurityRequirement } from './security-schemes.js';

/** Controller and one of its handlers, which it may have inherited. */
export interface ControllerHandler {
  readonly owner: Function;
  readonly handler: Function;
}

/** Content of the labels of an operation. */
interface Labelled extends ControllerHandler {
  /** Requirements that the application itself wrote, with `@ApiSecurity()` and the like. */
  readonly written: readonly SecurityRequirement[];
}

/** Metadata key of `@ApiSecurity()`, which `@nestjs/swagger` does not export before 11.4. */
const API_SECURITY = 'swagger/apiSecurity';
const LABEL = /^patronus:label:\d+$/;

/**
 * Labels controllers and handlers while Swagger reads them, so that each operation names its
 * handler. Nothing else identifies it: paths consist of prefixes and versions, names of classes are
 * not unique, and one inherited handler serves many controllers.
 *
 * A label is an additional security requirement. Swagger takes those of a controller and of its
 * handler, and puts both into each operation.
 */
export class HandlerLabels {
  readonly #labels = new Map<Function, string>();
  readonly #owners = new Map<string, Function>();
  readonly #handlers = new Map<string, Function>();

  constructor(handlers: readonly ControllerHandler[]) {
    for (const { owner, handler } of handlers) {
      this.#owners.set(this.#labelOf(owner), owner);
      this.#handlers.set(this.#labelOf(handler), handler);
    }
  }

  /** Runs `make` with the labels in place. They are removed afterwards, also if it throws. */
  during<Result>(make: () => Result): Result {
    const before = [...this.#labels].map(([target, label]) => ({
      target,
      label,
      own: metadataOf(target, Reflect.getOwnMetadata),
      // A class inherits those of the class that it extends, before that one is labelled.
      seen: metadataOf(target, Reflect.getMetadata),
    }));
    try {
      for (const { target, label, seen = [] } of before) {
        Reflect.defineMetadata(API_SECURITY, [{ [label]: [] }, ...seen], target);
      }
      return make();
    } finally {
      for (const { target, own } of before) {
        if (own === undefined) Reflect.deleteMetadata(API_SECURITY, target);
        else Reflect.defineMetadata(API_SECURITY, own, target);
      }
    }
  }

  /** Returns the labels of an operation. Undefined if it has none. */
  read(security: readonly SecurityRequirement[] = []): Labelled | undefined {
    const names = security.flatMap((one) => Object.keys(one));
    const [owner] = names.flatMap((name) => this.#owners.get(name) ?? []);
    const [handler] = names.flatMap((name) => this.#handlers.get(name) ?? []);
    if (owner === undefined || handler === undefined) return undefined;
    const written = security.filter((one) => !Object.keys(one).some((name) => LABEL.test(name)));
    return { owner, handler, written };
  }

  #labelOf(target: Function): string {
    const label = this.#labels.get(target) ?? `patronus:label:${this.#labels.size}`;
    this.#labels.set(target, label);
    return label;
  }
}

function metadataOf(
  target: Function,
  read: (key: string, of: Function) => unknown,
): readonly unknown[] | undefined {
  const known = read(API_SECURITY, target);
  return Array.isArray(known) ? known : undefined;
}
