import { availableParallelism } from 'node:os';
import { type ParsedHashOptions, parseOptions } from '@node-rs/argon2';

/** The largest cost of an argon2 hash that is computed. A malicious row must not stop the process. */
const ARGON2_BOUNDS = { memoryCost: 262_144, timeCost: 16, parallelism: 16 } as const;

const VERSION_19 = /^\$argon2(?:id|i|d)\$v=19\$/;

/** Reads the parameters of a PHC string (RFC 9106). Undefined if it is no argon2 hash, or out of bounds. */
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
 * The cost of a password hash, and the number of hashes at once. The default is the second option of
 * RFC 9106, section 4: 64 MiB and three passes. It has one lane, because one thread computes it.
 *
 * @throws {RangeError} with the name of the field that is out of bounds
 */
export class PasswordSettings {
  /** The memory of one hash, in KiB. */
  readonly memoryCost: number;
  /** The number of passes over the memory. */
  readonly timeCost: number;
  /** The number of lanes, which is part of the hash. */
  readonly parallelism: number;
  /**
   * The number of hashes at once. By default one for each core, and fewer than libuv has threads
   * (`UV_THREADPOOL_SIZE`, 4): DNS lookups and file access use the same threads.
   */
  readonly concurrency: number;
  /** The number of hashes that may wait. Further ones are refused. */
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

/** The number of libuv's threads by default. */
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
 * Normalises a password to the text that is counted and hashed: NFC, as in NIST SP 800-63B-4, section
 * 3.1.1.2 and the OpaqueString profile (RFC 8265, section 4.2). Unlike NFKC, it merges only characters
 * that look the same.
 */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** Tells if a password can be encoded in UTF-8, which turns all lone surrogates into the same character. */
export function isText(password: string): boolean {
  return !/\p{Surrogate}/u.test(password);
}
