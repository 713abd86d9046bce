import { Injectable } from '@nestjs/common';
import { PlatformError } from '../../operation/http/errors.js';
import { PasswordSettings } from './argon2.js';

/** Too many passwords wait to be hashed. `retryAfter`: seconds until the line will have moved. */
export class HashingOverloadedError extends PlatformError {
  constructor(retryAfter: number) {
    super('overloaded', { retryAfter });
    this.name = 'HashingOverloadedError';
  }
}

/** How much the last job weighs in the mean duration. */
const WEIGHT = 0.1;

/** First come, first served: so many jobs at once, so many in line, and no more. */
@Injectable()
export class HashQueue {
  private readonly line: (() => void)[] = [];
  private active = 0;
  /** In milliseconds. */
  private meanDuration = 0;

  constructor(private readonly settings: PasswordSettings) {}

  get running(): number {
    return this.active;
  }

  get waiting(): number {
    return this.line.length;
  }

  /**
   * The answer of `job`, which starts when its turn comes.
   *
   * @throws {HashingOverloadedError} at once where the line is full: `job` does not run
   */
  async run<Result>(job: () => Promise<Result>): Promise<Result> {
    if (this.active < this.settings.concurrency) this.active += 1;
    else await this.turn();
    const start = performance.now();
    try {
      return await job();
    } finally {
      this.measure(performance.now() - start);
      this.leave();
    }
  }

  private turn(): Promise<void> {
    if (this.line.length >= this.settings.maxQueue) {
      throw new HashingOverloadedError(this.retryAfter());
    }
    return new Promise((resolve) => this.line.push(resolve));
  }

  /** Hands the place to the next in line, so that nobody who comes now takes it first. */
  private leave(): void {
    const next = this.line.shift();
    if (next) next();
    else this.active -= 1;
  }

  private measure(duration: number): void {
    this.meanDuration =
      this.meanDuration === 0
        ? duration
        : this.meanDuration + (duration - this.meanDuration) * WEIGHT;
  }

  /** Seconds until the line of now has been served. */
  private retryAfter(): number {
    const rounds = (this.line.length + 1) / this.settings.concurrency;
    return Math.max(1, Math.ceil((rounds * this.meanDuration) / 1000));
  }
}
