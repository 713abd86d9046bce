/** So many failures in a row are an outage: one may be due to the one credential. */
const FAILURES = 3;

/** Tells an outage once, and its end once. */
export class OutageWatch {
  #failures = 0;

  constructor(
    private readonly began: () => void,
    private readonly ended: () => void,
  ) {}

  failed(): void {
    this.#failures += 1;
    if (this.#failures === FAILURES) this.began();
  }

  answered(): void {
    const wasOut = this.#failures >= FAILURES;
    this.#failures = 0;
    if (wasOut) this.ended();
  }
}
