import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../clock/clock.js';
import { type Count, type Limit, type LimitedBy, Limiters } from './limiters.js';

/** Counters of one kind: some 20 MB. */
const MOST = 100_000;

interface Counter {
  readonly points: number;
  /** In milliseconds since 1970. */
  readonly endsAt: number;
}

/** Counts in this process, in bounded memory: where it is full, what was used longest ago goes. */
@Injectable()
export class MemoryLimiters extends Limiters {
  /** Two stores: no flood of addresses pushes out what is known of an account. */
  readonly #counters: Readonly<Record<LimitedBy, LRUCache<string, Counter>>> = {
    address: new LRUCache({ max: MOST }),
    account: new LRUCache({ max: MOST }),
  };

  constructor(private readonly clock: Clock) {
    super();
  }

  async count({ name, by, quota }: Limit, key: string): Promise<Count> {
    const counters = this.#counters[by];
    const now = this.clock.now().getTime();
    const place = `${name}:${key}`;
    const known = counters.get(place);
    const current = known && known.endsAt > now ? known : undefined;
    const endsAt = current?.endsAt ?? now + quota.seconds * 1000;
    const points = (current?.points ?? 0) + 1;
    counters.set(place, { points, endsAt });
    return { points, reset: endsAt - now };
  }

  async ping(): Promise<void> {
    // It is this process's own memory.
  }

  /** How many counters are kept. */
  sizeOf(by: LimitedBy): number {
    return this.#counters[by].size;
  }
}
