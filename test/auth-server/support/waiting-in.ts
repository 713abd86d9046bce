import { sql } from 'drizzle-orm';
import type { DatabaseSession } from '../../../apps/auth-server/src/operation/database/database.js';

/** Counts the waits for locks in this PostgreSQL database. Call it outside of transactions, which see one snapshot. */
export function waitingIn(session: DatabaseSession): Promise<number> {
  return session.$count(
    // The role of the platform sees the locks of others, but not what their sessions wait for.
    sql`(select 1 from pg_locks join pg_stat_activity using (pid)
      where datname = current_database() and not granted) as waiting`,
  );
}
