import { sql } from 'drizzle-orm';
import type { DatabaseSession } from '../../apps/auth-server/src/operation/database/database.js';

/** How many wait for a lock in this PostgreSQL database. To be asked outside of transactions, which see one moment. */
export function waitingIn(session: DatabaseSession): Promise<number> {
  return session.$count(
    sql`(select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock') as waiting`,
  );
}
