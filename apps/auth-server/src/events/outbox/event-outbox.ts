import { Injectable, type OnModuleInit } from '@nestjs/common';
import { and, asc, gt, isNotNull, lt, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  type DatabaseSession,
  PlatformDatabase,
  rowsOf,
} from '../../operation/database/database.js';
import { CLOCK_MARGIN, RetentionRules } from '../../operation/retention/retention-rules.js';
import type { EventType, Party } from '../catalogue.js';
import { advance, BATCH, type Counter, NUMBERED } from '../event-counters.js';
import { outbox } from './outbox.table.js';

/** An event as applications hear of it. */
export interface AnnouncedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly subject: Party | undefined;
  readonly organisation: string | undefined;
  readonly ids: Readonly<Record<string, string>>;
}

/** Hears of events that were just committed by this process. They have no number yet. */
export type CommitListener = (events: readonly AnnouncedEvent[]) => void;

type NumberedEvent = Required<typeof outbox.$inferSelect>;

/** Seconds that events are kept for applications. */
const KEPT = 24 * 60 * 60 + CLOCK_MARGIN;

/** The columns that {@link outboxInsertion} reads from `given`. */
export const OUTBOX_COLUMNS = sql`goes_out boolean, subject_kind text, subject_id text, organisation_id text, payload jsonb`;

/** Inserts the rows of `given` that go out. `given` has their time and order. */
export function outboxInsertion(): SQL {
  return sql`
    insert into ${outbox} (id, ord, at, type, subject_kind, subject, organisation, payload)
    select id, ord, at, action, subject_kind, subject_id, organisation_id, payload from given where goes_out`;
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

const BOUNDS = z.object({ latest: z.coerce.number(), first: z.coerce.number().nullable() });

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

  /** Reads the events whose numbers follow a cursor. */
  async read(after: number, limit: number): Promise<readonly NumberedEvent[]> {
    return this.database.db
      .select()
      .from(outbox)
      .where(gt(outbox.seq, after))
      .orderBy(asc(outbox.seq))
      .limit(limit);
  }

  /** Returns the last number that was given: a cursor that nothing follows yet. */
  async latest(): Promise<number> {
    return (await this.#bounds()).latest;
  }

  /** Tells if everything that follows a cursor is still there. */
  async isKnown(cursor: number): Promise<boolean> {
    const { latest, first } = await this.#bounds();
    return cursor <= latest && cursor + 1 >= (first ?? latest + 1);
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

  async #bounds() {
    const db: DatabaseSession = this.database.db;
    const result = await db.execute(sql`
      select coalesce((select value from event_counters where name = 'outbox'), 0)::text as latest,
        (select min(seq)::text from ${outbox}) as first`);
    return BOUNDS.parse(rowsOf(result)[0]);
  }
}
