import type { OnApplicationShutdown } from '@nestjs/common';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema/index.js';

/** What statements run on: the database, or a transaction in it. */
export type DatabaseSession = PgDatabase<PgQueryResultHKT, typeof schema>;

/** The platform's database, whichever it is. Abstract class: the type and the injection token in one. */
export abstract class PlatformDatabase implements OnApplicationShutdown {
  /** For people: where the rows are, without a password. */
  abstract readonly place: string;
  /** Each statement on its own; `db.transaction(…)` for several. */
  abstract readonly db: DatabaseSession;
  /** Whether it answers. @throws where it does not */
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
