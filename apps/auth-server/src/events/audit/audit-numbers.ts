import { type SQL, sql } from 'drizzle-orm';
import { type DatabaseSession, rowsOf } from '../../operation/database/database.js';
import { advance, BATCH, type Counter, NUMBERED } from '../event-counters.js';
import { auditEvents, auditPositions } from './audit.table.js';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Numbers committed events of the audit log, in their order. Undefined if another instance has numbered some.
 *
 * It looks at events whose transactions were not visible in the last snapshot in which everything was
 * numbered: those that had not begun, and those that were still open. So it misses none that commits late,
 * and a transaction that stays open does not make it look at more.
 */
export async function numberAudit(
  db: DatabaseSession,
  counter: Counter,
): Promise<{ readonly counter: Counter; readonly isDone: boolean } | undefined> {
  const { seen, seenAt, value } = counter;
  const isComplete = sql`(select count(*) from batch) < ${BATCH}::int and now() < ${at(startOfDay(counter.now, 1))}`;
  const result = await db.execute(sql`
    with batch as materialized (
      select e.retention, e.at, e.id, e.ord from ${auditEvents} e
      where ${isUnnumbered(counter)}
      order by e.ord limit ${BATCH}::int
    ), counted as (${advance('audit', value, isComplete)}),
    numbered as (
      insert into ${auditPositions} (seq, event_at, event_id, retention)
      select base + row_number() over (order by ord), at, id, retention from batch, counted
      returning 1
    )
    select (select count(*) from batch)::text as found, (select count(*) from numbered)::text as numbered,
      pg_current_snapshot()::text as snapshot, now() as now`);
  const { found, numbered, snapshot, now } = NUMBERED.parse(rowsOf(result)[0]);
  if (found !== numbered) return undefined;
  const isDone = found < BATCH && now < new Date(startOfDay(counter.now, 1));
  return {
    counter: {
      value: value + numbered,
      seen: isDone ? snapshot : seen,
      seenAt: isDone ? now : seenAt,
      now,
    },
    isDone,
  };
}

/** Tells if a committed event has had no number for some milliseconds. */
export async function isAuditStalled(
  db: DatabaseSession,
  counter: Counter,
  ms: number,
): Promise<boolean> {
  const result = await db.execute(sql`
    select 1 from ${auditEvents} e
    where ${isUnnumbered(counter)} and e.at < now() - make_interval(secs => ${ms / 1000}::float8)
    limit 1`);
  return rowsOf(result).length > 0;
}

/** The condition that an event `e` has no number. It leaves out those of which a counter knows that they have one. */
function isUnnumbered({ seen, seenAt, now }: Counter): SQL {
  // Literals, so that the planner leaves other partitions out. No transaction stays open for two days.
  const from = at(seenAt === undefined ? '-infinity' : startOfDay(seenAt, -2));
  const until = at(startOfDay(now, 2));
  const isUnseen =
    seen === undefined
      ? sql`true`
      : sql`(e.xid >= pg_snapshot_xmax(${seen}::pg_snapshot)
          or e.xid = any(array(select pg_snapshot_xip(${seen}::pg_snapshot))))`;
  return sql`e.at >= ${from} and e.at < ${until} and ${isUnseen}
    and (
      select p.seq from ${auditPositions} p
      where p.retention = e.retention and p.event_at = e.at and p.event_id = e.id
        and p.event_at >= ${from} and p.event_at < ${until}
    ) is null`;
}

function at(time: string): SQL {
  return sql.raw(`'${time}'::timestamptz`);
}

function startOfDay(moment: Date, days: number): string {
  return `${new Date(moment.getTime() + days * DAY).toISOString().slice(0, 10)}T00:00:00Z`;
}
