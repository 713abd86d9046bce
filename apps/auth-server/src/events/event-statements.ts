import { type SQL, sql, type WithSubquery } from 'drizzle-orm';
import type { DatabaseSession } from '../operation/database/database.js';
import { AUDIT_COLUMNS, auditInsertion } from './audit/audit-trail.js';
import { OUTBOX_COLUMNS, outboxInsertion } from './outbox/event-outbox.js';

/** Selects the rows of events from JSON, with their time and their order. */
function given(rows: SQL, condition: SQL): SQL {
  return sql`
    select given.*, clock_timestamp() as at, nextval('event_order') as ord
    from json_to_recordset(${rows}::json) as given(id uuid, ${AUDIT_COLUMNS}, ${OUTBOX_COLUMNS})
    where ${condition}`;
}

/** Writes the rows of events: the audit log and the outbox in one statement. */
export function insertEvents(rows: string): SQL {
  return sql`
    with given as materialized (${given(sql`${rows}`, sql`true`)}), audited as (${auditInsertion()})
    ${outboxInsertion()}`;
}

/**
 * Writes the rows of events as a part of another statement, which adds the queries to its `with`.
 *
 * @param rows the placeholder of the rows
 * @param condition the condition that the change has happened
 */
export function eventQueries(
  db: DatabaseSession,
  rows: SQL,
  condition: SQL,
): readonly [WithSubquery, WithSubquery, WithSubquery] {
  return [
    db.$with('given', {}).as(given(rows, condition)),
    db.$with('audited', {}).as(auditInsertion()),
    db.$with('announced', {}).as(outboxInsertion()),
  ];
}
