import type { Grants } from '../authorization/grants/grants.js';
import type { GrantsObserver } from '../authorization/grants/grants-observer.js';
import { errorTypeOf } from './error-type.js';
import type { Instruments } from './instruments.js';
import { quietly } from './quietly.js';
import { withinSpan } from './within-span.js';

/**
 * Counts look-ups in the permission cache, and measures the time of those that wait for the source.
 */
export class GrantsTelemetry implements GrantsObserver {
  constructor(private readonly instruments: Instruments) {}

  looked(isKnown: boolean): void {
    quietly(() =>
      this.instruments.permissionLooks.add(1, {
        'patronus.cache.result': isKnown ? 'hit' : 'miss',
      }),
    );
  }

  lookingUp(lookUp: () => Promise<Grants>): Promise<Grants> {
    return withinSpan('patronus.permissions.lookup', lookUp, ({ seconds, error }) => {
      const attributes = error === undefined ? {} : { 'error.type': errorTypeOf(error) };
      this.instruments.permissionTime.record(seconds, attributes);
    });
  }
}
