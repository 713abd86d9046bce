import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asc, eq, isNull, sql } from 'drizzle-orm';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import {
  auditEvents,
  auditPositions,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { EventOutbox } from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { until } from '../../environment/until.js';
import { asOwner } from '../support/as-owner.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { registered } from '../support/people.js';
import { databaseOf } from './event-log.js';

const UNDONE = new Error('undone');

describe.each(STORAGES)('the numbers of events on %s', (storage) => {
  let first: PlatformBed;
  let second: PlatformBed;
  let db: DatabaseSession;
  beforeAll(async () => {
    first = await PlatformBed.start({ storage });
    second = await PlatformBed.start({ on: first.storage });
    db = databaseOf(first);
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  const record = (bed: PlatformBed, tx: DatabaseSession, id: string, details?: object) =>
    bed.app
      .get(Events, { strict: false })
      .record(tx, { type: 'account.updated', subject: accountParty(id), details: { ...details } });
  const allNumbered = () =>
    until(0, async () => {
      const events = await db.$count(auditEvents);
      const positions = await db.$count(auditPositions);
      return events - positions + (await db.$count(outbox, isNull(outbox.seq)));
    });
  const audited = () =>
    db
      .select({
        seq: auditPositions.seq,
        id: auditEvents.id,
        ord: auditEvents.ord,
        subject: auditEvents.subject,
      })
      .from(auditPositions)
      .innerJoin(auditEvents, eq(auditEvents.id, auditPositions.eventId))
      .orderBy(asc(auditPositions.seq));
  const oneByOne = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  it('have no gaps and no doubles, and follow the order of commits of each subject', async () => {
    const emails = await Promise.all(oneByOne(4).map(() => registered(first)));
    const rows = await db.select({ id: accounts.id, key: accounts.emailKey }).from(accounts);
    const ids = rows.filter(({ key }) => emails.includes(key ?? '')).map(({ id }) => id);
    const commits = new Map<string, string[]>();
    const write = async (bed: PlatformBed, id: string, index: number) => {
      const fails = index % 5 === 0;
      const work = databaseOf(bed).transaction(async (tx) => {
        // Writers of one subject hold its row.
        await tx.select().from(accounts).where(eq(accounts.id, id)).for('update');
        await record(bed, tx, id, { index });
        const [last] = await tx
          .select({ event: outbox.id })
          .from(outbox)
          .where(eq(outbox.subject, id))
          .orderBy(sql`ord desc`)
          .limit(1);
        if (fails) throw UNDONE;
        commits.set(id, [...(commits.get(id) ?? []), last?.event ?? '']);
      });
      await work.catch((error: unknown) => {
        if (error !== UNDONE) throw error;
      });
    };
    await Promise.all(
      ids.flatMap((id) =>
        oneByOne(25).map((index) => write(index % 2 === 0 ? first : second, id, index)),
      ),
    );
    await allNumbered();

    const log = await audited();
    expect(log.map(({ seq }) => seq)).toEqual(oneByOne(log.length));
    const sent = await db.select().from(outbox).orderBy(asc(outbox.seq));
    expect(sent.map(({ seq }) => seq)).toEqual(oneByOne(sent.length));
    const updates = sent.filter(({ type }) => type === 'account.updated');
    expect(updates).toHaveLength(ids.length * 20);
    const numbered = new Set(log.map(({ id }) => id));
    expect(updates.every(({ id }) => numbered.has(id))).toBe(true);
    for (const id of ids) {
      const ofSubject = updates.filter(({ subject }) => subject === id).map((one) => one.id);
      expect(ofSubject).toEqual(commits.get(id));
      const inLog = log.map((one) => one.id).filter((one) => ofSubject.includes(one));
      expect(inLog).toEqual(ofSubject);
    }
  });

  it('come soon after the commit, also of an instance that does not lead', async () => {
    for (const bed of [first, second]) {
      const before = (await audited()).length;
      await databaseOf(bed).transaction((tx) => record(bed, tx, 'soon'));
      await allNumbered();
      expect((await audited()).length).toBe(before + 1);
    }
  });

  it('are places in the stream, which are known while their event is there', async () => {
    const reader = second.app.get(EventOutbox, { strict: false });
    const start = await reader.newest();
    expect(await reader.readAfter(start, 10)).toEqual([]);
    await db.transaction(async (tx) => {
      for (const id of ['a', 'b', 'c']) await record(first, tx, id);
    });
    await allNumbered();
    const [a, b, ...rest] = (await reader.readAfter(start, 2)) ?? [];
    if (a === undefined || b === undefined) throw new Error('two events were recorded');
    expect(rest).toEqual([]);
    expect([a, b].map(({ seq, subject }) => [seq, subject?.id])).toEqual([
      [start.seq + 1, 'a'],
      [start.seq + 2, 'b'],
    ]);
    expect((await reader.readAfter(b, 2))?.map(({ subject }) => subject?.id)).toEqual(['c']);
    expect((await reader.newest()).seq).toBe(start.seq + 3);
    expect(await reader.has(b)).toBe(true);
    expect(await reader.has({ seq: b.seq, id: a.id })).toBe(false);
    await db.delete(outbox).where(sql`${outbox.seq} <= ${b.seq}`);
    expect(await reader.has(b)).toBe(false);
    expect(await reader.readAfter(start, 10)).toBeUndefined();
  });

  it('go on after a restart, and in a database that was restored on another cluster', async () => {
    await first.stop();
    await second.stop();
    const open = () => PlatformBed.start({ on: first.storage });
    let restarted = await open();
    db = databaseOf(restarted);
    const before = (await audited()).length;
    await db.transaction((tx) => record(restarted, tx, 'restarted'));
    await allNumbered();
    await db.execute(sql`
      update event_counters set seen = '900000000000:900000000000:' where name = 'audit'`);
    await restarted.stop();
    restarted = await open();
    db = databaseOf(restarted);
    await db.transaction((tx) => record(restarted, tx, 'restored'));
    await allNumbered();
    const log = await audited();
    expect(log.map(({ seq }) => seq)).toEqual(oneByOne(before + 2));
    second = restarted;
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('reach an event whose transaction commits late', async () => {
    const bed = second;
    const before = (await audited()).length;
    await db.transaction(async (tx) => {
      await record(bed, tx, 'late');
      await databaseOf(bed).transaction((other) => record(bed, other, 'early'));
      await until(before + 1, async () => (await audited()).length);
      // The leader has looked again since, and moved on.
      await databaseOf(bed).transaction((other) => record(bed, other, 'early'));
      await until(before + 2, async () => (await audited()).length);
    });
    await allNumbered();
    const log = await audited();
    expect(log.map(({ seq }) => seq)).toEqual(oneByOne(before + 3));
    const [one, two, three] = log.slice(-3);
    // The late one was written first, and has the last number.
    expect(three!.ord).toBeLessThan(Math.min(one!.ord, two!.ord));
  });

  onServer('are given by another instance after the one that leads has lost its lock', async () => {
    const other = await PlatformBed.start({ on: second.storage });
    try {
      const leaders = () =>
        db.$count(sql`(
          select from pg_locks where locktype = 'advisory' and granted
            and database = (select oid from pg_database where datname = current_database())
            and objid = ${ADVISORY_LOCKS.eventNumbers}) as leaders`);
      await until(1, leaders);
      const before = (await audited()).length;
      await second.stop();
      db = databaseOf(other);
      await db.transaction((tx) => record(other, tx, 'inherited'));
      await allNumbered();
      expect((await audited()).map(({ seq }) => seq)).toEqual(oneByOne(before + 1));
    } finally {
      second = other;
    }
  });

  onServer('are given again after the connection that leads is ended', async () => {
    const before = (await audited()).length;
    // The server may not end connections.
    await asOwner(
      first.app.get(PlatformDatabase, { strict: false }),
      first.storage.environment['DATABASE_URL'],
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
        and objid = ${ADVISORY_LOCKS.eventNumbers}
        and database = (select oid from pg_database where datname = current_database())`,
    );
    await db.transaction((tx) => record(second, tx, 'again'));
    await allNumbered();
    expect((await audited()).map(({ seq }) => seq)).toEqual(oneByOne(before + 1));
  });
});
