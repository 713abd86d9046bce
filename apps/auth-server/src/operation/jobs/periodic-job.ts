/** The parts of a {@link PeriodicJob}. */
export interface PeriodicWork {
  readonly intervalMs: number;
  readonly run: () => Promise<void>;
  /** Hears why a run failed. The next run comes at its time. */
  readonly failed: (error: unknown) => void;
  /** Repeats a run that failed before the next interval. */
  readonly retry?: Retry;
}

/** The pause before a run is repeated, and the most repetitions in a row. */
export interface Retry {
  readonly afterMs: number;
  readonly times: number;
}

/**
 * Runs work at intervals, in this process, never twice at once: an interval that ends during a run is
 * passed over. It does not keep the process alive, and {@link stop} waits for the run that is under way.
 *
 * It is not `@Interval` of `@nestjs/schedule`, which lets runs overlap, and does not wait for them before
 * the database is closed.
 */
export class PeriodicJob {
  #timer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #retries = 0;
  #running: Promise<void> | undefined;
  #isStopping = false;

  constructor(private readonly work: PeriodicWork) {}

  /** Tells a run of many steps to end after the current one. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Makes the first run after one interval. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#retries = 0;
      void this.runNow();
    }, this.work.intervalMs).unref();
  }

  /** Starts a run, or joins the one that is under way. Never rejects. */
  runNow(): Promise<void> {
    if (this.#isStopping) return this.#running ?? Promise.resolve();
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retryTimer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.work.run();
      this.#retries = 0;
    } catch (error) {
      this.work.failed(error);
      this.#retryLater();
    }
  }

  #retryLater(): void {
    const { retry } = this.work;
    if (retry === undefined || this.#retries === retry.times || this.#isStopping) return;
    this.#retries += 1;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => void this.runNow(), retry.afterMs).unref();
  }
}
