import { Client } from 'pg';

/** The number of samples of one call. */
const SAMPLES = 100;

/** Samples in the database, so that a busy process of the test does not make gaps. */
const SAMPLING = `
  create function pg_temp.sampled_locks() returns table (lock text) language plpgsql as $$
  begin
    for sample in 1..${SAMPLES} loop
      perform pg_stat_clear_snapshot();
      return query select wait_event from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock';
      perform pg_sleep(0.002);
    end loop;
  end $$`;

/** Looks again and again at the heavyweight locks that sessions of a database wait for. */
export class LockSamples {
  /** The number of waiting sessions over all samples, by kind of lock. */
  readonly waits = new Map<string, number>();
  samples = 0;
  #isOver = false;
  readonly #sampling: Promise<void>;

  private constructor(private readonly client: Client) {
    this.#sampling = this.#sample();
  }

  /** @param url the address of a superuser, who sees what others wait for */
  static async start(url: string): Promise<LockSamples> {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(SAMPLING);
    return new LockSamples(client);
  }

  /** Ends the sampling, and returns the kinds of locks that were waited for, other than `extend`. */
  async stop(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#sampling;
    await this.client.end();
    // A relation grows under a lock: that is the file system, and no writer waits for another's transaction.
    return [...this.waits.keys()].filter((lock) => lock !== 'extend');
  }

  async #sample(): Promise<void> {
    while (!this.#isOver) {
      const { rows } = await this.client.query<{ lock: string }>(
        'select lock from pg_temp.sampled_locks()',
      );
      for (const { lock } of rows) this.waits.set(lock, (this.waits.get(lock) ?? 0) + 1);
      this.samples += SAMPLES;
    }
  }
}
