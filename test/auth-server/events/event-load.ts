import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import type { AccountRow } from '../../../apps/auth-server/src/accounts/accounts.service.js';
import { migrateDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { PostgresPlatformDatabase } from '../../../apps/auth-server/src/operation/database/postgres.database.js';
import { ProfileService } from '../../../apps/auth-server/src/profiles/profile.service.js';
import { SignInService } from '../../../apps/auth-server/src/sign-in/sign-in.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { type PlatformStorage, platformStorage } from '../support/platform-storage.js';
import { databaseOf } from './event-log.js';

const DEVICE = { device: 'Firefox on Linux', address: '127.0.0.1' };

interface LoadOptions {
  /** The number of writers, each of which has a connection and an account of its own. */
  readonly writers: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A platform on PostgreSQL whose writers all write at once. Each write records events. */
export class EventLoad {
  private constructor(
    readonly bed: PlatformBed,
    /** The address of the owner of the tables. */
    readonly ownerUrl: string,
    /** The account of each writer. */
    readonly owners: readonly AccountRow[],
    private readonly storage: PlatformStorage,
  ) {}

  static async start({ writers, environment = {} }: LoadOptions): Promise<EventLoad> {
    const own = await platformStorage('PostgreSQL + Redis');
    const ownerUrl = own.environment['DATABASE_URL'];
    if (ownerUrl === undefined) throw new Error('DATABASE_URL is not set');
    const storage: PlatformStorage = {
      ...own,
      async open(settings) {
        await migrateDatabase(settings);
        return PostgresPlatformDatabase.open(ownerUrl, { max: writers });
      },
    };
    const bed = await PlatformBed.start({ on: storage, environment });
    const now = new Date();
    const people = Array.from({ length: writers }, (_, index) => ({
      email: `writer-${index}@example.com`,
      emailKey: `writer-${index}@example.com`,
      emailVerifiedAt: now,
      createdAt: now,
      updatedAt: now,
    }));
    const made = await databaseOf(bed).insert(accounts).values(people).returning();
    return new EventLoad(bed, ownerUrl, made, storage);
  }

  /**
   * Lets every writer write again and again: it signs in, and it changes its name.
   *
   * @param goesOn tells a writer after so many writes if it goes on
   * @param writers all of them by default
   * @returns the milliseconds of each write
   */
  async run(
    goesOn: (writes: number) => boolean,
    writers = this.owners.length,
  ): Promise<readonly number[]> {
    const times = await Promise.all(
      this.owners.slice(0, writers).map(async (account) => {
        const own: number[] = [];
        while (goesOn(own.length)) {
          const before = performance.now();
          await this.write(account, own.length);
          own.push(performance.now() - before);
        }
        return own;
      }),
    );
    return times.flat();
  }

  async write(account: AccountRow, count: number): Promise<void> {
    if (count % 2 === 1) {
      const name = `Name ${count} at ${performance.now()}`;
      await this.bed.app.get(ProfileService, { strict: false }).update(account, { name });
      return;
    }
    const { securityVersion } = account;
    const proof = { method: 'pwd', at: new Date(), securityVersion } as const;
    const signIn = this.bed.app.get(SignInService, { strict: false });
    await signIn.complete(account, [proof], DEVICE);
  }

  async close(): Promise<void> {
    await this.bed.close();
    await this.storage.clear();
  }
}
