/**
 * Shares one run of some work among all callers that ask for the same key while it runs.
 *
 * It is not `fetch` of lru-cache: that keeps the runs inside of the bounded cache, so a flood of other
 * keys aborts them.
 */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Promise<Result>>();

  /** The keys of all runs. */
  keys(): Iterable<string> {
    return this.#flights.keys();
  }

  /**
   * Starts the work, or joins the run that has started before.
   *
   * @param work gets a function that tells if the run was not forgotten since it began to wait
   */
  run(key: string, work: (isCurrent: () => boolean) => Promise<Result>): Promise<Result> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const isCurrent = (): boolean => this.#flights.get(key) === flight;
    const flight: Promise<Result> = work(isCurrent);
    this.#flights.set(key, flight);
    const land = (): void => {
      if (isCurrent()) this.#flights.delete(key);
    };
    flight.then(land, land);
    return flight;
  }

  /** Lets the next caller start a run of its own. Those who wait still get the result of theirs. */
  forget(key: string): void {
    this.#flights.delete(key);
  }

  /** Forgets all runs. */
  clear(): void {
    this.#flights.clear();
  }
}
