import { availableParallelism } from 'node:os';
import { type ParsedHashOptions, parseOptions } from '@node-rs/argon2';

/** The costliest argon2 hash that is computed, whoever made it: a bad row must not stop the process. */
const ARGON2_BOUNDS = { memoryCost: 262_144, timeCost: 16, parallelism: 16 } as const;

const VERSION_19 = /^\$argon2(?:id|i|d)\$v=19\$/;

/** The parameters of a PHC string (RFC 9106). Undefined where it is no argon2 hash, or out of bounds. */
export function readArgon2(stored: string): ParsedHashOptions | undefined {
  if (stored.length > 512 || !VERSION_19.test(stored)) return undefined;
  const parameters = parse(stored);
  if (parameters === undefined) return undefined;
  const { memoryCost, timeCost, parallelism } = parameters;
  const bounded =
    memoryCost <= ARGON2_BOUNDS.memoryCost &&
    timeCost <= ARGON2_BOUNDS.timeCost &&
    parallelism <= ARGON2_BOUNDS.parallelism;
  return bounded ? parameters : undefined;
}

function parse(stored: string): ParsedHashOptions | undefined {
  try {
    return parseOptions(stored);
  } catch {
    return undefined;
  }
}

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

/**
 * The text of a password that is counted and hashed: NFC, as NIST SP 800-63B-4, section 3.1.1.2 and the
 * OpaqueString profile (RFC 8265, section 4.2) have it. Unlike NFKC it merges only what looks the same.
 */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Whether UTF-8 can say it: lone surrogates would all become the same replacement character. */
export function isText(password: string): boolean {
  return !/\p{Surrogate}/u.test(password);
}
