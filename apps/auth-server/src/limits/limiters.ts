import type { Quota } from './rate-limit.policies.js';

/** What requests are counted by. */
export type LimitedBy = 'address' | 'account';

/** One limit: its counters are its own. */
export interface Limit {
  readonly name: string;
  readonly by: LimitedBy;
  readonly quota: Quota;
}

/** A counter, with the request that was just counted. */
export interface Count {
  readonly points: number;
  /** Milliseconds until it begins anew. */
  readonly reset: number;
}

/** Where requests are counted. Abstract class: the type and the injection token in one. */
export abstract class Limiters {
  /** @throws where nobody can count, soon */
  abstract count(limit: Limit, key: string): Promise<Count>;
  /** Whether it answers. @throws where it does not, soon */
  abstract ping(): Promise<void>;
}
