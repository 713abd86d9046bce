import { sql } from 'drizzle-orm';
import type { DatabaseSession } from '../../apps/auth-server/src/operation/database/database.js';

/**
 * Counts the sessions that wait for a lock in this PostgreSQL database. Call it outside of
 * transactions, which see a snapshot.
 */
export function waitingIn(session: DatabaseSession): Promise<number> {
  return session.$count(
    sql`(select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock') as waiting`,
  );
}
