import { type SQL, sql } from 'drizzle-orm';
import type { DatabaseSession } from '../../operation/database/database.js';
import { digestOf, EVENT_VERSION, type EventPart, sealPart } from './sealed-parts.js';
import type { AuditSubject } from './audit-subjects.js';
import { auditEvents } from './audit.table.js';

/** An event whose parties are known by their pseudonyms. */
export interface AuditEntry {
  readonly id: string;
  readonly retention: number;
  readonly action: string;
  readonly outcome: string;
  readonly actor: AuditSubject | undefined;
  readonly subject: AuditSubject | undefined;
  readonly organisation: AuditSubject | undefined;
  readonly requestId: string | undefined;
  readonly decisionId: string | undefined;
  readonly parts: { readonly [Part in EventPart]: object | undefined };
}

/** The columns that {@link auditInsertion} reads from `given`. */
export const AUDIT_COLUMNS = sql`
  audited boolean, retention smallint, action text, outcome text, actor uuid, subject uuid,
  organisation uuid, request_id text, decision_id text, sealed_actor bytea, sealed_subject bytea, digest bytea`;

/**
 * Encrypts the parts of an event, and returns its row. The time and the commitment are added by the database.
 *
 * The part of the actor is encrypted for the actor, or else for the subject, the organisation or `fallback`.
 * The part of the subject is encrypted for the subject, or else for the organisation, the actor or `fallback`.
 */
export function auditRowOf(
  entry: AuditEntry,
  fallback: () => AuditSubject,
): Readonly<Record<string, unknown>> {
  const { id, retention, action, outcome, actor, subject, organisation, parts } = entry;
  const ofActor = actor ?? subject ?? organisation ?? fallback();
  const ofSubject = subject ?? organisation ?? actor ?? fallback();
  const header = {
    id,
    retention,
    action,
    outcome,
    actor: actor?.pseudonym ?? null,
    subject: subject?.pseudonym ?? null,
    organisation: organisation?.pseudonym ?? null,
    requestId: entry.requestId ?? null,
    decisionId: entry.decisionId ?? null,
    sealedActor: parts.actor ? sealPart(ofActor.key, 'actor', id, parts.actor) : null,
    sealedSubject: parts.subject ? sealPart(ofSubject.key, 'subject', id, parts.subject) : null,
  };
  const { requestId, decisionId, sealedActor, sealedSubject, ...plain } = header;
  return {
    ...plain,
    request_id: requestId,
    decision_id: decisionId,
    sealed_actor: hex(sealedActor),
    sealed_subject: hex(sealedSubject),
    digest: hex(digestOf(header)),
  };
}

function hex(bytes: Buffer | null): string | null {
  return bytes && `\\x${bytes.toString('hex')}`;
}

/** Inserts the rows of `given` that are audited. `given` has their time and order. */
export function auditInsertion(): SQL {
  return sql`
    insert into ${auditEvents} (retention, at, id, ord, action, outcome, actor, subject, organisation,
      request_id, decision_id, version, sealed_actor, sealed_subject, commitment)
    select retention, at, id, ord, action, outcome, actor, subject, organisation, request_id, decision_id,
      ${sql.raw(String(EVENT_VERSION))}, sealed_actor, sealed_subject,
      sha256(digest || int8send((extract(epoch from at) * 1000000)::bigint))
    from given where audited`;
}

/** Makes the missing partitions of today and the next seven days. */
export async function makePartitions(db: DatabaseSession, retention: number): Promise<void> {
  await db.execute(sql`select audit_make_partitions(${retention}::smallint)`);
}
