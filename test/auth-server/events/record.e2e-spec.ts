import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { auditEvents } from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { commitmentOf, digestOf } from '../../../apps/auth-server/src/events/audit/sealed-parts.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import {
  type AnnouncedEvent,
  EventOutbox,
} from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import {
  type DatabaseSession,
  rowsOf,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { databaseOf, eventsDuring, outboxOf } from './event-log.js';

describe.each(STORAGES)('a recorded event on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  let events: Events;
  const heard: AnnouncedEvent[] = [];
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = databaseOf(bed);
    events = bed.app.get(Events, { strict: false });
    bed.app.get(EventOutbox, { strict: false }).onCommit((all) => heard.push(...all));
  });
  afterAll(() => bed.close());

  const ended = (id: string) =>
    ({
      type: 'session.ended',
      subject: accountParty(id),
      ids: { session: `session of ${id}` },
      details: { because: 'logout' },
    }) as const;

  it('is in the audit log and in the outbox, with its facts', async () => {
    const recorded = await eventsDuring(bed, () =>
      db.transaction((tx) =>
        events.record(tx, ended('ana'), {
          type: 'account.updated',
          actor: accountParty('bruno'),
          subject: accountParty('ana'),
          organisation: 'clinic',
          changes: { name: ['Ana', 'Ana María'] },
        }),
      ),
    );
    const facts = { outcome: 'success', requestId: null, actorPart: undefined };
    expect(recorded).toEqual([
      {
        ...facts,
        id: expect.any(String),
        action: 'session.ended',
        actor: 'service:patronus',
        subject: 'account:ana',
        organisation: undefined,
        subjectPart: { details: { because: 'logout' }, ids: { session: 'session of ana' } },
      },
      {
        ...facts,
        id: expect.any(String),
        action: 'account.updated',
        actor: 'account:bruno',
        subject: 'account:ana',
        organisation: 'organisation:clinic',
        subjectPart: { changes: { name: ['Ana', 'Ana María'] }, ids: {} },
      },
    ]);
    const [first, second] = recorded;
    const sent = (await outboxOf(bed)).filter(({ id }) => recorded.some((one) => one.id === id));
    expect(sent).toEqual([
      expect.objectContaining({
        id: first?.id,
        type: 'session.ended',
        subjectKind: 'account',
        subject: 'ana',
        organisation: null,
        payload: { session: 'session of ana' },
      }),
      expect.objectContaining({ id: second?.id, organisation: 'clinic', payload: {} }),
    ]);
    expect(heard.map(({ id }) => id)).toEqual([first?.id, second?.id]);
  });

  it('vanishes with the transaction, and is announced to no listener', async () => {
    heard.length = 0;
    const sent = (await outboxOf(bed)).length;
    const recorded = await eventsDuring(bed, () =>
      expect(
        db.transaction(async (tx) => {
          await events.record(tx, ended('carla'));
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone'),
    );
    expect(recorded).toEqual([]);
    expect(await outboxOf(bed)).toHaveLength(sent);
    expect(heard).toEqual([]);
    // The key of a subject that was rolled back is not used.
    const again = await eventsDuring(bed, () =>
      db.transaction((tx) => events.record(tx, ended('carla'))),
    );
    expect(again.map(({ subjectPart }) => subjectPart)).toEqual([
      expect.objectContaining({ ids: { session: 'session of carla' } }),
    ]);
  });

  it('vanishes with its savepoint, and others stay', async () => {
    heard.length = 0;
    const recorded = await eventsDuring(bed, () =>
      db.transaction(async (tx) => {
        await tx.transaction((step) => events.record(step, ended('diego')));
        await tx
          .transaction(async (step) => {
            await events.record(step, ended('elena'));
            throw new Error('undone');
          })
          .catch(() => undefined);
        expect(heard).toEqual([]);
      }),
    );
    expect(recorded.map(({ subject }) => subject)).toEqual(['account:diego']);
    expect(heard.map(({ subject }) => subject?.id)).toEqual(['diego']);
  });

  it('is refused outside of a transaction, and after it', async () => {
    await expect(events.record(db, ended('fede'))).rejects.toThrow('needs a transaction');
    let left: DatabaseSession | undefined;
    await db.transaction(async (tx) => {
      left = tx;
    });
    await expect(events.record(left!, ended('fede'))).rejects.toThrow();
    expect((await outboxOf(bed)).filter(({ subject }) => subject === 'fede')).toEqual([]);
  });

  it('contains no secret, even if a room passes one', async () => {
    const token = 'pot_abcdefghijklmnopqrstu';
    const recorded = await eventsDuring(bed, () =>
      db.transaction((tx) =>
        events.record(tx, {
          type: 'account.updated',
          subject: accountParty('ana'),
          changes: { name: ['a', 'b'] },
          details: { password: 'hunter22', link: `https://id.example/?t=${token}` },
        }),
      ),
    );
    expect(recorded[0]?.subjectPart).toEqual({
      changes: { name: ['a', 'b'] },
      details: { password: '[Redacted]', link: 'https://id.example/?t=[Redacted]' },
      ids: {},
    });
  });

  it('is not announced if it failed', async () => {
    const sent = (await outboxOf(bed)).length;
    const failed = { ...ended('gina'), outcome: 'failure' } as const;
    const recorded = await eventsDuring(bed, () =>
      db.transaction((tx) => events.record(tx, failed)),
    );
    expect(recorded).toMatchObject([{ outcome: 'failure', subject: 'account:gina' }]);
    expect(await outboxOf(bed)).toHaveLength(sent);
  });

  it('has a commitment that can be computed again from its row', async () => {
    await db.transaction((tx) => events.record(tx, ended('hugo')));
    const rows = await db.select().from(auditEvents);
    const times = rowsOf(
      await db.execute(sql`
        select id, ((extract(epoch from at) * 1000000)::bigint)::text as micros from audit_events`),
    );
    const microsOf = new Map(
      times.map((row) => [Reflect.get(Object(row), 'id'), Reflect.get(Object(row), 'micros')]),
    );
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) {
      const again = commitmentOf(digestOf(row), BigInt(String(microsOf.get(row.id))));
      expect(Buffer.from(row.commitment).toString('hex')).toBe(again.toString('hex'));
    }
  });

  it('of a subject that another transaction creates at the same time has the same pseudonym', async () => {
    await Promise.all(
      Array.from({ length: 8 }, () => db.transaction((tx) => events.record(tx, ended('irene')))),
    );
    const rows = await eventsDuring(bed, () =>
      db.transaction((tx) => events.record(tx, ended('irene'))),
    );
    expect(rows).toHaveLength(1);
    const named = rowsOf(
      await db.execute(sql`
        select count(distinct subject)::int as pseudonyms, count(*)::int as events from audit_events
        where subject in (select pseudonym from audit_subjects where subject_id = 'irene')`),
    );
    expect(named).toEqual([{ pseudonyms: 1, events: 9 }]);
  });
});
