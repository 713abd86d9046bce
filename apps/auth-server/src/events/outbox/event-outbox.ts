import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, eq, gt, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  type DatabaseSession,
  PlatformDatabase,
  rowsOf,
} from '../../operation/database/database.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import { advance, BATCH, type Counter, NUMBERED } from '../event-counters.js';
import { outbox } from './outbox.table.js';

/** An event as applications hear of it. */
export interface AnnouncedEvent {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly subject: { readonly kind: string; readonly id: string } | undefined;
  readonly organisation: string | undefined;
  readonly ids: Readonly<Record<string, string>>;
}

/** Hears of events that were just committed by this process. They have no number yet. */
export type CommitListener = (events: readonly AnnouncedEvent[]) => void;

/** A place in the outbox: the number of an event, and its id. Another database has other ids. */
export interface OutboxPlace {
  readonly seq: number;
  /** Undefined if the event was removed, or there was none yet. */
  readonly id: string | undefined;
}

/** An event with its number. */
export interface NumberedEvent extends AnnouncedEvent {
  readonly seq: number;
}

/** Seconds that events are kept for applications. */
const KEPT = 24 * 60 * 60 + CLOCK_MARGIN;

/** The columns that {@link outboxInsertion} reads from `given`. */
export const OUTBOX_COLUMNS = sql`goes_out boolean, subject_kind text, subject_id text, organisation_id text, payload jsonb`;

/** Inserts the rows of `given` that go out. `given` has their time and order. */
export function outboxInsertion(): SQL {
  return sql`
    insert into ${outbox} (id, ord, at, type, subject_kind, subject, organisation, payload)
    select id, ord, at, action, subject_kind, subject_id, organisation_id, payload from given where goes_out
    returning id, at`;
}

const WRITTEN = z.array(z.object({ id: z.string(), at: z.coerce.date() }));

/** Reads the ids and times of the rows that {@link outboxInsertion} has written. */
export function outboxTimesIn(result: unknown): z.output<typeof WRITTEN> {
  return WRITTEN.parse(rowsOf(result));
}

/** Numbers committed events, in their order. Undefined if another instance has numbered some. */
export async function numberOutbox(
  db: DatabaseSession,
  counter: Counter,
): Promise<{ readonly counter: Counter; readonly isDone: boolean } | undefined> {
  const result = await db.execute(sql`
    with batch as materialized (
      select id, ord from ${outbox} where seq is null order by ord limit ${BATCH}::int
    ), counted as (${advance('outbox', counter.value, sql`false`)}),
    numbered as (
      update ${outbox} set seq = counted.base + ranked.rank
      from (select id, row_number() over (order by ord) as rank from batch) ranked, counted
      where ${outbox.id} = ranked.id
      returning 1
    )
    select (select count(*) from batch)::text as found, (select count(*) from numbered)::text as numbered,
      pg_current_snapshot()::text as snapshot, now() as now`);
  const { found, numbered } = NUMBERED.parse(rowsOf(result)[0]);
  if (found !== numbered) return undefined;
  const value = counter.value + numbered;
  return { counter: { ...counter, value }, isDone: found < BATCH };
}

/** Tells if a committed event has had no number for some milliseconds. */
export async function isOutboxStalled(db: DatabaseSession, ms: number): Promise<boolean> {
  const isOld = sql`${outbox.at} < now() - make_interval(secs => ${ms / 1000}::float8)`;
  const rows = await db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(isNull(outbox.seq), isOld))
    .limit(1);
  return rows.length > 0;
}

const PLACE = z.object({ seq: z.coerce.number(), id: z.string().nullable() });

type OutboxRow = typeof outbox.$inferSelect;

function eventOf(row: OutboxRow): AnnouncedEvent {
  const { id, type, at, subjectKind: kind, subject, organisation, payload: ids } = row;
  const party = kind === null || subject === null ? undefined : { kind, id: subject };
  return { id, type, at, subject: party, organisation: organisation ?? undefined, ids };
}

/** The events of the last day that applications hear of, in the order of their numbers. */
@Injectable()
export class EventOutbox implements OnModuleInit {
  readonly #listeners = new Set<CommitListener>();

  constructor(
    private readonly database: PlatformDatabase,
    private readonly retention: RetentionRules,
  ) {}

  onModuleInit(): void {
    this.retention.register({
      name: 'outbox',
      table: outbox,
      key: outbox.id,
      expired: (before) => and(lt(outbox.at, before(KEPT)), isNotNull(outbox.seq)),
    });
  }

  /** Reads the events that follow a place, in their order. Undefined if one of them was removed. */
  async readAfter(
    { seq: after }: OutboxPlace,
    limit: number,
  ): Promise<readonly NumberedEvent[] | undefined> {
    const rows = await this.database.db
      .select()
      .from(outbox)
      .where(gt(outbox.seq, after))
      .orderBy(asc(outbox.seq))
      .limit(limit);
    const events = rows.map((row, index) => ({ ...eventOf(row), seq: after + index + 1 }));
    return rows.every(({ seq }, index) => seq === events[index]?.seq) ? events : undefined;
  }

  /** Reads committed events that have no number yet, the oldest first. */
  async readUnnumbered(limit: number): Promise<readonly AnnouncedEvent[]> {
    const rows = await this.database.db
      .select()
      .from(outbox)
      .where(isNull(outbox.seq))
      .orderBy(asc(outbox.ord))
      .limit(limit);
    return rows.map(eventOf);
  }

  /** Returns the place of the last event that was numbered. */
  async newest(): Promise<OutboxPlace> {
    const db: DatabaseSession = this.database.db;
    const result = await db.execute(sql`
      select counter.value::text as seq, o.id from (
        select coalesce(max(value), 0) as value from event_counters where name = 'outbox'
      ) counter left join ${outbox} o on o.seq = counter.value`);
    const { seq, id } = PLACE.parse(rowsOf(result)[0]);
    return { seq, id: id ?? undefined };
  }

  /** Tells if this database has the event of a place. */
  async has({ seq, id }: OutboxPlace): Promise<boolean> {
    if (id === undefined) return false;
    const rows = await this.database.db
      .select({ id: outbox.id })
      .from(outbox)
      .where(and(eq(outbox.id, id), eq(outbox.seq, seq)));
    return rows.length > 0;
  }

  /**
   * Calls `listener` after each commit of this process that wrote events.
   *
   * @returns a function that removes the listener
   */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the listeners of this process. Call it after the commit. */
  announce(events: readonly AnnouncedEvent[]): void {
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }
}
