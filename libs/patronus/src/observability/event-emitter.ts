import type { AuthEventType } from './auth-event.js';
import type { AuthEvents } from './auth-events.js';

/** Part of the `EventEmitter2` of `@nestjs/event-emitter` that is used here. */
interface Emitter {
  emit(name: string, event: object): unknown;
}

/** Names of the class that `@nestjs/event-emitter` exports as `EventEmitter2`. */
const NAMES: ReadonlySet<string> = new Set(['EventEmitter2', 'EventEmitter']);

const TYPES: Readonly<Record<AuthEventType, true>> = {
  allowed: true,
  denied: true,
  tenant_crossing: true,
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
  for (const provider of providers) {
    // The name first, so that no other instance is accessed.
    if (NAMES.has(provider.name) && isEmitter(provider.instance)) return provider.instance;
  }
  return undefined;
}

/** Repeats every event as `patronus.<type>`, such as `patronus.denied`. */
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

/** Recognizes it by `emitAsync`, which the `EventEmitter` of Node.js does not have. */
function isEmitter(value: unknown): value is Emitter {
  return hasMethod(value, 'emit') && hasMethod(value, 'emitAsync');
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  );
}
