import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { asc, sql } from 'drizzle-orm';
import { AuditRetention } from '../../../apps/auth-server/src/events/audit/audit-retention.job.js';
import {
  auditEvents,
  auditGaps,
  auditPositions,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import {
  type DatabaseSession,
  PlatformDatabase,
  rowsOf,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { RetentionJob } from '../../../apps/auth-server/src/operation/retention/retention-rules.js';
import { ServerSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { until } from '../../environment/until.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { databaseOf, eventsDuring } from './event-log.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('the retention of events on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage, environment: { AUDIT_RETENTION_DAYS: '30' } });
    db = databaseOf(bed);
  });
  afterAll(() => bed.close());

  const run = () => bed.app.get(AuditRetention, { strict: false }).run();
  const record = (session: DatabaseSession) =>
    bed.app
      .get(Events, { strict: false })
      .record(session, { type: 'account.updated', subject: accountParty('ana') });
  const dayOf = (daysAgo: number) =>
    new Date(Date.now() - daysAgo * DAY * 1000).toISOString().slice(0, 10);
  const leafOf = (root: string, retention: number, daysAgo: number) =>
    `${root}_${retention}_${dayOf(daysAgo).replaceAll('-', '')}`;
  const exists = async (name: string) => {
    const [row] = rowsOf(await db.execute(sql`select to_regclass(${name}) is not null as found`));
    return Reflect.get(Object(row), 'found') === true;
  };
  /** Counts the rows of a partition, which the server reads through its parent only. */
  const rowsIn = (leaf: string) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local role none`);
      return tx.$count(sql.raw(leaf));
    });
  /** Makes the partition of a past day, as it would have been made then, with events that have numbers. */
  const past = async (retention: number, daysAgo: number, events: number, firstSeq: number) => {
    const day = dayOf(daysAgo);
    for (const root of ['audit_events', 'audit_positions']) {
      const leaf = leafOf(root, retention, daysAgo);
      // One table in a transaction: the leader, which reads both, must not wait in a circle.
      await db.transaction(async (tx) => {
        await tx.execute(sql`set local role none`);
        await tx.execute(
          sql.raw(`
            create table ${leaf} partition of ${root}_${retention}
              for values from ('${day}T00:00Z') to ('${dayOf(daysAgo - 1)}T00:00Z')`),
        );
        await tx.execute(sql.raw(`select audit_close_table('${leaf}')`));
      });
    }
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local role none`);
      await tx.execute(sql`
        insert into audit_events (retention, at, id, action, outcome, version, commitment)
        select ${retention}::smallint, ${`${day}T12:00Z`}::timestamptz + make_interval(secs => n),
          gen_random_uuid(), 'account.updated', 'success', 1, ''
        from generate_series(1, ${events}::int) as n`);
      await tx.execute(sql`
        insert into audit_positions (seq, event_at, event_id, retention)
        select ${firstSeq}::int - 1 + row_number() over (order by at), at, id, retention
        from audit_events where at::date = ${day}::date and retention = ${retention}::smallint`);
    });
  };

  it('makes the partitions of its days ahead', async () => {
    for (const ahead of [0, 1, 7]) {
      expect(await exists(leafOf('audit_events', 30, -ahead))).toBe(true);
      expect(await exists(leafOf('audit_positions', 30, -ahead))).toBe(true);
    }
    expect(await exists(leafOf('audit_events', 30, -8))).toBe(false);
    await db.transaction(record);
    expect(await rowsIn('audit_events_30_default')).toBe(0);
  });

  it('drops days that have ended, records the gap, and keeps all others', async () => {
    await past(30, 40, 5, 1000);
    await past(30, 31, 3, 1010);
    await past(30, 30, 2, 1020);
    await past(7, 9, 4, 1030);
    await past(90, 40, 1, 1040);
    const recorded = await eventsDuring(bed, run);

    const left = async (daysAgo: number, retention = 30) =>
      db.$count(
        auditEvents,
        sql`retention = ${retention}::smallint and at::date = ${dayOf(daysAgo)}::date`,
      );
    expect(await Promise.all([left(40), left(31), left(30), left(9, 7), left(40, 90)])).toEqual([
      0, 0, 2, 0, 1,
    ]);
    expect(await db.$count(auditPositions, sql`seq between 1000 and 1040`)).toBe(3);
    for (const root of ['audit_events', 'audit_positions']) {
      expect(await exists(leafOf(root, 30, 40))).toBe(false);
      expect(await exists(leafOf(root, 30, 31))).toBe(false);
      expect(await exists(leafOf(root, 30, 30))).toBe(true);
      expect(await exists(leafOf(root, 7, 9))).toBe(false);
      expect(await exists(leafOf(root, 90, 40))).toBe(true);
    }
    const gaps = await db.select().from(auditGaps).orderBy(asc(auditGaps.firstSeq));
    expect(gaps).toEqual([
      expect.objectContaining({ retention: 30, events: 5, firstSeq: 1000, lastSeq: 1004 }),
      expect.objectContaining({ retention: 30, events: 3, firstSeq: 1010, lastSeq: 1012 }),
      expect.objectContaining({ retention: 7, events: 4, firstSeq: 1030, lastSeq: 1033 }),
    ]);
    expect(gaps[0]?.fromAt.toISOString()).toBe(`${dayOf(40)}T00:00:00.000Z`);
    expect(gaps[0]?.untilAt.toISOString()).toBe(`${dayOf(39)}T00:00:00.000Z`);
    const dropped = recorded.filter(({ action }) => action === 'audit.dropped');
    expect(dropped).toHaveLength(3);
    expect(dropped.map(({ subjectPart }) => subjectPart)).toContainEqual({
      details: expect.objectContaining({ retention: 30, events: 5 }),
      ids: {},
    });
  });

  it('follows the clock of the database, not the one of the server', async () => {
    await past(30, 20, 2, 2000);
    bed.clock.advance(100 * DAY);
    await run();
    bed.clock.advance(-100 * DAY);
    expect(await db.$count(auditPositions, sql`seq >= 2000`)).toBe(2);
  });

  it('removes expired rows of days that have no partition', async () => {
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local role none`);
      await tx.execute(sql`
        insert into audit_events (retention, at, id, action, outcome, version, commitment)
        select 365, now() - make_interval(days => n), gen_random_uuid(), 'account.updated', 'success', 1, ''
        from unnest(array[370, 400, 300]) as n`);
    });
    await run();
    expect(await rowsIn('audit_events_365_default')).toBe(1);
    const [gap] = await db
      .select()
      .from(auditGaps)
      .where(sql`retention = 365`);
    expect(gap).toMatchObject({ events: 2, firstSeq: null });
  });

  it('drops a day that never had an event, without a gap', async () => {
    const gaps = await db.$count(auditGaps);
    await past(30, 3, 0, 1);
    await past(30, 2, 1, 3000);
    await run();
    expect(await exists(leafOf('audit_events', 30, 3))).toBe(false);
    expect(await exists(leafOf('audit_events', 30, 2))).toBe(true);
    expect(await db.$count(auditGaps)).toBe(gaps);
  });

  it('keeps announced events for a day', async () => {
    await db.transaction(record);
    await until(0, () => db.$count(outbox, sql`seq is null`));
    const job = bed.app.get(RetentionJob, { strict: false });
    const before = await db.$count(outbox);
    bed.clock.advance(DAY);
    await job.run();
    expect(await db.$count(outbox)).toBe(before);
    bed.clock.advance(600);
    await job.run();
    expect(await db.$count(outbox)).toBe(0);
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('waits for a writer, and holds up no other', async () => {
    await past(30, 50, 1, 4000);
    const done = await db.transaction(async (tx) => {
      await record(tx);
      let settled = false;
      const running = run().finally(() => (settled = true));
      // The rows go at once. The partition goes when nothing is written to the log.
      await until(0, () =>
        db.$count(sql`audit_events`, sql`retention = 30 and at < now() - interval '45 days'`),
      );
      for (let count = 1; count <= 10; count += 1) await db.transaction(record);
      expect(settled).toBe(false);
      return { running };
    });
    await done.running;
    expect(await exists(leafOf('audit_events', 30, 50))).toBe(false);
  });

  onServer('tries again soon if a vacuum holds the partition', async () => {
    await past(30, 52, 1, 5000);
    const leaf = leafOf('audit_events', 30, 52);
    const job = new AuditRetention(
      bed.app.get(PlatformDatabase, { strict: false }),
      bed.app.get(ServerSettings, { strict: false }),
      bed.app.get(Events, { strict: false }),
      { afterMs: 100, times: 50 },
    );
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local role none`);
      // The lock of a vacuum.
      await tx.execute(sql.raw(`lock table ${leaf} in share update exclusive mode`));
      job.onApplicationBootstrap();
      await until(true, () => warn.mock.calls.length > 0);
      expect(await exists(leaf)).toBe(true);
    });
    await until(false, () => exists(leaf));
    await job.onModuleDestroy();
    // The dropped day is a security event, which is an object.
    expect(warn.mock.calls.filter(([text]) => typeof text === 'string')).toEqual([
      [expect.stringMatching(/^The audit log cannot be maintained yet: .*lock timeout/)],
    ]);
    warn.mockRestore();
  });
});
