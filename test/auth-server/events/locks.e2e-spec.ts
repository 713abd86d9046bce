import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { Client } from 'pg';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import {
  auditEvents,
  auditPositions,
} from '../../../apps/auth-server/src/events/audit/audit.table.js';
import { eventCounters } from '../../../apps/auth-server/src/events/event-counters.table.js';
import { until } from '../../environment/until.js';
import { STORAGES } from '../support/platform-storage.js';
import { EventLoad } from './event-load.js';
import { databaseOf } from './event-log.js';
import { LockSamples } from './lock-samples.js';
import { fillPastDay } from './past-day.js';

const WRITERS = 32;
const WRITES = 12;

// An embedded database has one connection, and nothing to wait for.
const describeOnServer = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;

describeOnServer('writers of events', () => {
  let load: EventLoad;
  beforeAll(async () => {
    load = await EventLoad.start({ writers: WRITERS, environment: { AUDIT_RETENTION_DAYS: '7' } });
  });
  afterAll(() => load.close());

  const numbered = () =>
    until(0, async () => {
      const db = databaseOf(load.bed);
      return (await db.$count(auditEvents)) - (await db.$count(auditPositions));
    });

  const highestNumber = async () => {
    const db = databaseOf(load.bed);
    const [counter] = await db.select().from(eventCounters).where(eq(eventCounters.name, 'audit'));
    return counter?.value ?? 0;
  };

  it('of different accounts wait for no lock of each other', async () => {
    const samples = await LockSamples.start(load.ownerUrl);
    const times = await load.run((writes) => writes < WRITES);
    await numbered();
    expect(await samples.stop()).toEqual([]);
    expect(times).toHaveLength(WRITERS * WRITES);
    expect(samples.samples).toBeGreaterThan(0);
  });

  it('of one account wait, and the samples show it', async () => {
    const [account] = load.owners;
    if (account === undefined) throw new Error('there is no writer');
    const samples = await LockSamples.start(load.ownerUrl);
    const writing = await databaseOf(load.bed).transaction(async (tx) => {
      await tx.update(accounts).set({ updatedAt: new Date() }).where(eq(accounts.id, account.id));
      const second = load.write(account, 1);
      await until(true, () => samples.waits.has('transactionid'));
      return { second };
    });
    await writing.second;
    expect(await samples.stop()).toEqual(['transactionid']);
  });

  it('go on, and so do the numbers, while the partition of a past day is locked', async () => {
    await numbered();
    const before = await highestNumber();
    const leaves = await fillPastDay(load.ownerUrl, { retention: 7, daysAgo: 9, events: 500 });
    const owner = new Client({ connectionString: load.ownerUrl });
    await owner.connect();
    try {
      await owner.query('begin');
      await owner.query(
        `lock table ${leaves.audit_events}, ${leaves.audit_positions} in access exclusive mode`,
      );
      // A sign-in is two events, and a new name is one.
      await load.run((writes) => writes < 4);
      await until(before + 6 * WRITERS, highestNumber);
    } finally {
      await owner.end();
    }
  });
});
