import { Injectable } from '@nestjs/common';
import { PlatformError } from '../../operation/http/errors.js';
import { PasswordSettings } from './argon2.js';

/** Too many passwords wait to be hashed. `retryAfter` estimates the seconds until the queue is empty. */
export class HashingOverloadedError extends PlatformError {
  constructor(retryAfter: number) {
    super('overloaded', { retryAfter });
    this.name = 'HashingOverloadedError';
  }
}

/** The weight of the last job in the mean duration. */
const WEIGHT = 0.1;

/** A queue with a limit on running jobs and a limit on waiting jobs, first in, first out. */
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
   * Runs a job when it is its turn.
   *
   * @throws {HashingOverloadedError} immediately, without running the job, if the queue is full
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

  /** Hands the place to the next job in the queue, so that a new job cannot take it first. */
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

  /** Estimates the seconds until the current queue is empty. */
  private retryAfter(): number {
    const rounds = (this.line.length + 1) / this.settings.concurrency;
    return Math.max(1, Math.ceil((rounds * this.meanDuration) / 1000));
  }
}
