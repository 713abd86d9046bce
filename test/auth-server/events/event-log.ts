import { desc, sql } from 'drizzle-orm';
import { AuditSubjects } from '../../../apps/auth-server/src/events/audit/audit-subjects.js';
import {
  auditEvents,
  auditSubjects,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { openPart } from '../../../apps/auth-server/src/events/audit/sealed-parts.js';
import { EventNumbering } from '../../../apps/auth-server/src/events/event-numbering.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { EventOutbox } from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import type { Clock } from '../../../apps/auth-server/src/operation/clock.js';
import type { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { PlatformMetrics } from '../../../apps/auth-server/src/operation/metrics/metrics.js';
import { PersonalData } from '../../../apps/auth-server/src/operation/personal-data/personal-data.js';
import { RetentionRules } from '../../../apps/auth-server/src/operation/retention/retention-rules.js';
import type { ServerSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import type { PlatformBed } from '../support/platform-bed.js';

/** The parts that {@link recorderOn} is made of. */
interface Recording {
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly settings: ServerSettings;
}

/** Records events on a database without an application. Nothing numbers them. */
export async function recorderOn(
  database: PlatformDatabase,
  { keyring, clock, settings }: Recording,
): Promise<Events> {
  const numbering = new EventNumbering(database);
  await numbering.onModuleDestroy();
  return Events.open(
    database,
    new AuditSubjects(keyring, clock, new PersonalData()),
    new EventOutbox(database, new RetentionRules()),
    numbering,
    clock,
    settings,
    new PlatformMetrics(),
  );
}

/** An event of the audit log with names in place of pseudonyms, and its parts opened. */
export interface LoggedEvent {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  /** `kind:id`, or `erased`. */
  readonly actor: string | undefined;
  readonly subject: string | undefined;
  readonly organisation: string | undefined;
  readonly requestId: string | null;
  /** `unreadable` if the key is gone. */
  readonly actorPart: unknown;
  readonly subjectPart: unknown;
}

export const databaseOf = (bed: PlatformBed): DatabaseSession =>
  bed.app.get(PlatformDatabase, { strict: false }).db;

/** Reads the audit log, oldest first. */
export async function eventsOf(bed: PlatformBed): Promise<readonly LoggedEvent[]> {
  const db = databaseOf(bed);
  const rows = (await db.select().from(auditEvents).orderBy(desc(auditEvents.ord))).toReversed();
  const subjects = await db.select().from(auditSubjects);
  const keys = await bed.app.get(AuditSubjects, { strict: false }).keysOf(
    db,
    subjects.map(({ pseudonym }) => pseudonym),
  );
  const names = new Map(
    subjects.map(({ pseudonym, kind, subjectId }) => [
      pseudonym,
      subjectId === null ? 'erased' : `${kind}:${subjectId}`,
    ]),
  );
  const platform = subjects.find(({ subjectId }) => subjectId === 'patronus')?.pseudonym;
  return rows.map((row) => {
    const { id, action, outcome, actor, subject, organisation, requestId } = row;
    const open = (
      part: 'actor' | 'subject',
      sealed: Uint8Array | null,
      parties: readonly (string | null)[],
    ): unknown => {
      if (sealed === null) return undefined;
      const key = keys.get(parties.find((party) => party !== null) ?? platform ?? '');
      return key === undefined ? 'unreadable' : openPart(key, part, id, sealed);
    };
    const nameOf = (pseudonym: string | null) =>
      pseudonym === null ? undefined : names.get(pseudonym);
    return {
      id,
      action,
      outcome,
      actor: nameOf(actor),
      subject: nameOf(subject),
      organisation: nameOf(organisation),
      requestId,
      actorPart: open('actor', row.sealedActor, [actor, subject, organisation]),
      subjectPart: open('subject', row.sealedSubject, [subject, organisation, actor]),
    };
  });
}

/** Runs work, and returns the events that it recorded. */
export async function eventsDuring(
  bed: PlatformBed,
  work: () => Promise<unknown>,
): Promise<readonly LoggedEvent[]> {
  const before = new Set((await eventsOf(bed)).map(({ id }) => id));
  await work();
  return (await eventsOf(bed)).filter(({ id }) => !before.has(id));
}

/** Reads the outbox in the order of writing. */
export function outboxOf(bed: PlatformBed) {
  return databaseOf(bed)
    .select()
    .from(outbox)
    .orderBy(sql`ord`);
}
