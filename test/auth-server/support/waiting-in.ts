import { sql } from 'drizzle-orm';
import type { DatabaseSession } from '../../../apps/auth-server/src/operation/database/database.js';

/** Counts the waits for locks in this PostgreSQL database. Call it outside of transactions, which see one snapshot. */
export function waitingIn(session: DatabaseSession): Promise<number> {
  return session.$count(
    sql`(select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock') as waiting`,
  );
}
