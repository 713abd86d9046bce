import type { RefusalCause } from '../coverage/guards-in-force.js';

/** Explains why every call of a handler is refused, from any caller. */
export function whyRefused(cause: RefusalCause, transport: string): string {
  return {
    transport: `${transport} is not among the transports of PatronusModule`,
    inheritance: 'its microservice is connected without { inheritAppConfig: true }',
    order: 'no AuthGuard runs before its PermissionsGuard',
  }[cause];
}
