import { FailureStreak } from '../../remote/failure-streak.js';

/**
 * Reports the start and the end of an outage once. It starts after different credentials have
 * failed in a row.
 */
export class OutageWatch {
  readonly #streak = new FailureStreak();

  constructor(
    private readonly began: () => void,
    private readonly ended: () => void,
  ) {}

  /**
   * Records a failure.
   *
   * @param subject the digest of the credential that failed
   */
  failed(subject: string): void {
    const wasOut = this.#streak.isOutage;
    this.#streak.add(subject);
    if (!wasOut && this.#streak.isOutage) this.began();
  }

  answered(): void {
    const wasOut = this.#streak.isOutage;
    this.#streak.end();
    if (wasOut) this.ended();
  }
}
