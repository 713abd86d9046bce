import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '../operation/clock.js';
import { afterCommit } from '../operation/database/commit-hooks.js';
import { type DatabaseSession, PlatformDatabase } from '../operation/database/database.js';
import { withoutSecrets } from '../operation/logging/redaction.js';
import { currentRequest, type RequestFacts } from '../operation/http/request-facts.js';
import { PlatformMetrics } from '../operation/metrics/metrics.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { AuditSubjects, type ResolvedSubjects } from './audit/audit-subjects.js';
import { AUDIT_COLUMNS, auditInsertion, auditRowOf, makePartitions } from './audit/audit-trail.js';
import { EVENT_TYPES, type Party, PLATFORM, type PlatformEvent } from './catalogue.js';
import { EventNumbering } from './event-numbering.js';
import { SecurityLog } from './security-log.js';
import {
  type AnnouncedEvent,
  EventOutbox,
  OUTBOX_COLUMNS,
  outboxInsertion,
  outboxTimesIn,
} from './outbox/event-outbox.js';

/** An event with its id and its parties. */
interface RecordedEvent {
  readonly id: string;
  readonly event: PlatformEvent;
  readonly actor: Party | undefined;
  readonly organisation: Party | undefined;
  readonly goesOut: boolean;
}

/** Records what happens, in the audit log and for applications. */
@Injectable()
export class Events {
  readonly #log: SecurityLog;

  constructor(
    private readonly database: PlatformDatabase,
    private readonly subjects: AuditSubjects,
    private readonly outbox: EventOutbox,
    private readonly numbering: EventNumbering,
    private readonly clock: Clock,
    private readonly settings: ServerSettings,
    private readonly metrics: PlatformMetrics,
  ) {
    this.#log = new SecurityLog(settings);
  }

  /** Makes the partitions of the audit log before the first event. */
  static async open(...parts: ConstructorParameters<typeof Events>): Promise<Events> {
    const events = new Events(...parts);
    await makePartitions(events.database.db, events.settings.auditRetention);
    return events;
  }

  /**
   * Records events in the transaction of the change that they tell of. Several events of one call are one
   * statement, in their order.
   *
   * @throws {Error} outside of a transaction
   */
  async record(tx: DatabaseSession, ...events: readonly PlatformEvent[]): Promise<void> {
    if (events.length === 0) return;
    const request = currentRequest();
    const recorded = events.map((event) => this.#name(event, request));
    const isUniform = events.some(({ type }) => EVENT_TYPES[type].isUniform);
    const subjects = await this.subjects.resolve(tx, partiesOf(recorded), { isUniform });
    const rows = recorded.map((one) => this.#rowOf(one, subjects, request));
    const result = await tx.execute(sql`
      with given as materialized (
        select given.*, clock_timestamp() as at, nextval('event_order') as ord
        from json_to_recordset(${JSON.stringify(rows)}::json)
          as given(id uuid, ${AUDIT_COLUMNS}, ${OUTBOX_COLUMNS})
      ), audited as (${auditInsertion()})
      ${outboxInsertion()}`);
    const times = new Map(outboxTimesIn(result).map(({ id, at }) => [id, at]));
    const announced = recorded.flatMap(({ id, event }) => {
      const at = times.get(id);
      return at === undefined ? [] : [announcedOf(id, at, event)];
    });
    afterCommit(tx, () => {
      this.numbering.wake();
      this.outbox.announce(announced);
      for (const { event, actor } of recorded) {
        const { type, outcome = 'success' } = event;
        this.metrics.events.inc({ type, outcome });
        this.#log.write(event, actor, request);
      }
    });
  }

  /** Writes a refusal that changes nothing to the log only. It needs no transaction. */
  note(refusal: PlatformEvent): void {
    this.#log.write(refusal, refusal.actor, currentRequest());
  }

  #name(event: PlatformEvent, request: RequestFacts | undefined): RecordedEvent {
    const { type, outcome = 'success', organisation } = event;
    return {
      id: newEventId(this.clock.now()),
      event,
      actor: event.actor ?? (request === undefined ? PLATFORM : undefined),
      organisation: organisation === undefined ? undefined : organisationParty(organisation),
      goesOut: EVENT_TYPES[type].goesOut && outcome === 'success',
    };
  }

  #rowOf(
    { id, event, actor, organisation, goesOut }: RecordedEvent,
    subjects: ResolvedSubjects,
    request: RequestFacts | undefined,
  ): object {
    const { type, outcome = 'success', subject, changes, details, ids = {}, decisionId } = event;
    const told = changes === undefined && details === undefined ? undefined : { changes, details };
    const subjectPart =
      told === undefined && Object.keys(ids).length === 0
        ? undefined
        : { ...(told && redacted(told)), ids };
    const entry = {
      id,
      retention: this.settings.auditRetention,
      action: type,
      outcome,
      actor: actor && subjects(actor),
      subject: subject && subjects(subject),
      organisation: organisation && subjects(organisation),
      requestId: request?.id,
      decisionId,
      parts: { actor: actorPartOf(request), subject: subjectPart },
    };
    return {
      ...auditRowOf(entry, () => subjects(PLATFORM)),
      audited: EVENT_TYPES[type].isAudited,
      goes_out: goesOut,
      subject_kind: subject?.kind,
      subject_id: subject?.id,
      organisation_id: organisation?.id,
      payload: ids,
    };
  }
}

/** The device and the network address of the caller, with the id of a device that is known. */
function actorPartOf(request: RequestFacts | undefined): object | undefined {
  if (request === undefined) return undefined;
  const { device, deviceId } = request;
  return { ...device, ...(deviceId !== undefined && { deviceId }) };
}

/** Removes what looks like a secret, in case that a room passes one. */
function redacted(facts: object): object {
  const kept: unknown = JSON.parse(withoutSecrets(JSON.stringify(facts)));
  return typeof kept === 'object' && kept !== null ? kept : {};
}

function organisationParty(id: string): Party {
  return { kind: 'organisation', id };
}

/** The parties whose keys are needed. Those of an event that names none are the platform. */
function partiesOf(recorded: readonly RecordedEvent[]): readonly Party[] {
  return recorded.flatMap(({ event, actor, organisation }) => {
    const named = [actor, event.subject, organisation].filter((party) => party !== undefined);
    return named.length === 0 ? [PLATFORM] : named;
  });
}

function announcedOf(id: string, at: Date, event: PlatformEvent): AnnouncedEvent {
  const { type, subject, organisation, ids = {} } = event;
  return { id, type, at, subject, organisation, ids };
}

/** Creates an id that sorts by time: UUID version 7 (RFC 9562, section 5.7). */
function newEventId(now: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20].map((at, index, all) => hex.slice(at, all[index + 1])).join('-');
}
