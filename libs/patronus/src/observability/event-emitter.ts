import type { AuthEventType } from './auth-event.js';
import type { AuthEvents } from './auth-events.js';

/** What is used of `EventEmitter2`, which `@nestjs/event-emitter` provides under that name. */
interface Emitter {
  emit(name: string, event: object): unknown;
}

const TYPES: Readonly<Record<AuthEventType, true>> = {
  allowed: true,
  denied: true,
  revoked: true,
  provider_unavailable: true,
  provider_recovered: true,
  keys_rotated: true,
  issuer_removed: true,
};

/** Finds the emitter of `@nestjs/event-emitter` among the providers of an application. */
export function findEmitter(
  providers: readonly { readonly name: string; readonly instance: unknown }[],
): Emitter | undefined {
  const found = providers.find(({ name }) => name === 'EventEmitter2')?.instance;
  return isEmitter(found) ? found : undefined;
}

/** Repeats every event as `patronus.<type>`: `patronus.denied`. */
export function forwardEvents(events: AuthEvents, emitter: Emitter): void {
  for (const type of Object.keys(TYPES).filter(isType)) {
    events.on(type, (event) => {
      emitter.emit(`patronus.${type}`, event);
    });
  }
}

function isType(name: string): name is AuthEventType {
  return Object.hasOwn(TYPES, name);
}

function isEmitter(value: unknown): value is Emitter {
  return (
    typeof value === 'object' &&
    value !== null &&
    'emit' in value &&
    typeof value.emit === 'function'
  );
}
