import { availableParallelism } from 'node:os';
import { ARGON2_BOUNDS } from './argon2-hash.js';

/**
 * What one password hash costs, and how many are made at once. Unless told, as much as the second option
 * that RFC 9106 recommends (section 4): 64 MiB and three passes; on one lane, as one thread computes it.
 *
 * @throws {RangeError} that names the field which is out of bounds
 */
export class PasswordSettings {
  /** KiB of memory for one hash. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  /** Lanes; part of the hash. */
  readonly parallelism: number;
  /**
   * Hashes made at once. Unless told, one for each core, and fewer than libuv has threads
   * (`UV_THREADPOOL_SIZE`, 4): names and files are looked up there too.
   */
  readonly concurrency: number;
  /** Hashes that may wait for their turn; what comes after them is refused. */
  readonly maxQueue: number;

  constructor(settings: Partial<PasswordSettings> = {}) {
    this.parallelism = settings.parallelism ?? 1;
    this.memoryCost = settings.memoryCost ?? 65_536;
    this.timeCost = settings.timeCost ?? 3;
    this.concurrency = settings.concurrency ?? standardConcurrency();
    this.maxQueue = settings.maxQueue ?? 200;
    demand('parallelism', this.parallelism, 1, ARGON2_BOUNDS.parallelism);
    demand('memoryCost', this.memoryCost, 8 * this.parallelism, ARGON2_BOUNDS.memoryCost);
    demand('timeCost', this.timeCost, 1, ARGON2_BOUNDS.timeCost);
    demand('concurrency', this.concurrency, 1, 1024);
    demand('maxQueue', this.maxQueue, 0, 100_000);
  }
}

/** What libuv has where the environment does not say. */
const THREADS = 4;

function standardConcurrency(): number {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? THREADS) || THREADS;
  return Math.min(availableParallelism(), Math.max(1, Math.floor(threads) - 1));
}

function demand(name: string, value: number, smallest: number, largest: number): void {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return;
  throw new RangeError(`${name} must be a whole number from ${smallest} to ${largest}.`);
}
