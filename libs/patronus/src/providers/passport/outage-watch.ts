import { FailureStreak } from '../../remote/failure-streak.js';

/** Tells an outage once, and its end once: after different credentials have failed in a row. */
export class OutageWatch {
  readonly #streak = new FailureStreak();

  constructor(
    private readonly began: () => void,
    private readonly ended: () => void,
  ) {}

  /** @param subject the digest of the credential that failed */
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
