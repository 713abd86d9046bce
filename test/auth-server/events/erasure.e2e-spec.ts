import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asc, eq, isNotNull, sql } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { Anonymiser } from '../../../apps/auth-server/src/accounts/anonymiser.job.js';
import { AuditSubjects } from '../../../apps/auth-server/src/events/audit/audit-subjects.js';
import {
  auditEvents,
  auditPositions,
  auditSubjects,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { accountParty } from '../../../apps/auth-server/src/events/catalogue.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import { until } from '../../environment/until.js';
import { logIn, OTHER_PASSWORD, PASSWORD, registered, tokensOf } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { databaseOf, eventsDuring, eventsOf } from './event-log.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('the erasure of a person on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  it('leaves no readable row, and every row in its place', async () => {
    const db = databaseOf(bed);
    const other = await registered(bed, { name: 'Bruno' });
    const email = await registered(bed, { name: 'Ana' });
    const { accessToken } = await tokensOf(bed, email);
    const id = String(decodeJwt(accessToken).sub);
    await logIn(bed, email, OTHER_PASSWORD);
    await bed.api('PATCH', '/api/v1/me', { name: 'Ana María' }, accessToken);
    await tokensOf(bed, other);
    await bed.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, accessToken);

    const subjectOf = () => db.select().from(auditSubjects).where(eq(auditSubjects.subjectId, id));
    const [{ pseudonym } = { pseudonym: '' }] = await subjectOf();
    const ofPerson = () =>
      db
        .select()
        .from(auditEvents)
        .where(eq(auditEvents.subject, pseudonym))
        .orderBy(asc(auditEvents.ord));
    const readable = (await eventsOf(bed)).filter(({ subject }) => subject === `account:${id}`);
    expect(readable.length).toBeGreaterThan(7);
    expect(JSON.stringify(readable)).toContain('Ana María');
    expect(readable.filter(({ actorPart }) => actorPart === undefined)).toEqual([]);
    const before = await ofPerson();

    bed.clock.advance(31 * DAY);
    await bed.app.get(Anonymiser, { strict: false }).run();

    expect(await subjectOf()).toEqual([]);
    const [tombstone] = await db
      .select()
      .from(auditSubjects)
      .where(eq(auditSubjects.pseudonym, pseudonym));
    expect(tombstone).toMatchObject({ subjectId: null, wrappedKey: null });
    expect(tombstone?.erasedAt).toBeInstanceOf(Date);
    const keys = await bed.app.get(AuditSubjects, { strict: false }).keysOf(db, [pseudonym]);
    expect(keys.size).toBe(0);

    const erased = (await eventsOf(bed)).filter(({ subject }) => subject === 'erased');
    expect(erased.at(-1)).toMatchObject({ action: 'account.erased', actor: 'service:patronus' });
    const parts = erased.flatMap(({ actorPart, subjectPart }) => [actorPart, subjectPart]);
    expect(new Set(parts)).toEqual(new Set(['unreadable', undefined]));
    expect(JSON.stringify(erased)).not.toContain(id);

    // Nothing of the rows has changed, and each has its number.
    const after = await ofPerson();
    expect(after.slice(0, -1)).toEqual(before);
    await until(0, async () => (await db.$count(auditEvents)) - (await db.$count(auditPositions)));
    const seqs = await db
      .select({ seq: auditPositions.seq })
      .from(auditPositions)
      .orderBy(asc(auditPositions.seq));
    expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1));
    const others = (await eventsOf(bed)).filter(({ subject }) => subject?.startsWith('account:'));
    expect(JSON.stringify(others)).toContain('Bruno');
    expect(JSON.stringify(others)).not.toContain('unreadable');
  });

  it('is complete if another instance still knows the key', async () => {
    const db = databaseOf(bed);
    const second = await PlatformBed.start({ on: bed.storage });
    try {
      const record = (from: PlatformBed) =>
        databaseOf(from).transaction((tx) =>
          from.app.get(Events, { strict: false }).record(tx, {
            type: 'account.updated',
            subject: accountParty('carla'),
            changes: { name: ['Carla', 'C.'] },
          }),
        );
      await record(second);
      await db.transaction((tx) =>
        bed.app.get(AuditSubjects, { strict: false }).erase(tx, [accountParty('carla')]),
      );
      const late = await eventsDuring(bed, () => record(second));
      expect(late).toMatchObject([{ subject: 'erased', subjectPart: 'unreadable' }]);
      // This instance has forgotten the key: whatever comes now is said of a new pseudonym.
      const next = await eventsDuring(bed, () => record(bed));
      expect(next).toMatchObject([{ subject: 'account:carla' }]);
    } finally {
      await second.close();
    }
  });

  it('is undone with its transaction', async () => {
    const db = databaseOf(bed);
    const subjects = bed.app.get(AuditSubjects, { strict: false });
    const record = () =>
      db.transaction((tx) =>
        bed.app
          .get(Events, { strict: false })
          .record(tx, { type: 'account.updated', subject: accountParty('diego') }),
      );
    await record();
    const erased = () => db.$count(auditSubjects, isNotNull(auditSubjects.erasedAt));
    const before = await erased();
    const undone = db.transaction(async (tx) => {
      await subjects.erase(tx, [accountParty('diego')]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await record();
    expect(await erased()).toBe(before);
    expect(await db.$count(auditSubjects, sql`subject_id = 'diego'`)).toBe(1);
  });
});
