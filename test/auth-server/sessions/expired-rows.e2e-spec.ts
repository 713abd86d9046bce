import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  RetentionJob,
  RetentionRules,
} from '../../../apps/auth-server/src/operation/retention/retention-rules.js';
import { MailQueue } from '../../../apps/auth-server/src/notifications/mail-queue.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import {
  refreshTokens,
  revokedTokens,
  sessions,
} from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { loginFailures } from '../../../apps/auth-server/src/sign-in/login/login-failures.table.js';
import { oneTimeTokens } from '../../../apps/auth-server/src/sign-in/sign-in.table.js';
import type { ManualClock } from '../support/manual-clock.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

describe.each(STORAGES)('expired rows on %s', (name) => {
  let bed: PlatformBed;
  let database: PlatformDatabase;
  let clock: ManualClock;
  let job: RetentionJob;
  let accountId: string;

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage: name });
    database = bed.app.get(PlatformDatabase, { strict: false });
    job = bed.app.get(RetentionJob, { strict: false });
    ({ clock } = bed);
  });
  afterAll(() => bed.close());
  beforeEach(async () => {
    const { db } = database;
    for (const table of [oidcPayloads, revokedTokens, loginFailures, oneTimeTokens, accounts]) {
      await db.delete(table);
    }
    const now = clock.now();
    accountId = randomUUID();
    await db.insert(accounts).values({ id: accountId, createdAt: now, updatedAt: now });
  });

  const later = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
  const session = async (id: string, members: Partial<typeof sessions.$inferInsert> = {}) => {
    const now = clock.now();
    const times = { authenticatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: later(HOUR) };
    const row = { id, accountId, kind: 'api' as const, device: 'd', address: 'a', ...times };
    await database.db.insert(sessions).values({ ...row, ...members });
  };
  const sessionIds = async () => (await database.db.select().from(sessions)).map(({ id }) => id);

  it('go once their time and a margin have passed, and others stay', async () => {
    const { db } = database;
    await session('s', { expiresAt: later(30 * DAY) });
    const createdAt = clock.now();
    const times = [
      ['soon', later(HOUR)],
      ['late', later(DAY)],
    ] as const;
    for (const [hash, expiresAt] of times) {
      await db.insert(refreshTokens).values({ hash, sessionId: 's', createdAt, expiresAt });
      await db.insert(revokedTokens).values({ tokenId: hash, revokedAt: createdAt, expiresAt });
      const purpose = 'verify_email' as const;
      await db.insert(oneTimeTokens).values({ hash, purpose, createdAt, expiresAt });
      await db.insert(oidcPayloads).values({ model: 'M', idHash: hash, payload: {}, expiresAt });
    }
    await db.insert(oidcPayloads).values({ model: 'M', idHash: 'forever', payload: {} });

    clock.advance(HOUR + 200);
    await job.run();
    expect(await db.$count(refreshTokens)).toBe(2);

    clock.advance(200);
    await job.run();
    expect((await db.select().from(refreshTokens)).map(({ hash }) => hash)).toEqual(['late']);
    expect((await db.select().from(revokedTokens)).map(({ tokenId }) => tokenId)).toEqual(['late']);
    expect((await db.select().from(oneTimeTokens)).map(({ hash }) => hash)).toEqual(['late']);
    const payloads = await db.select().from(oidcPayloads);
    expect(payloads.map(({ idHash }) => idHash).toSorted()).toEqual(['forever', 'late']);
  });

  it('of sessions go when nothing that they gave can live any more', async () => {
    await session('expired');
    await session('ended', { expiresAt: later(30 * DAY), endedAt: clock.now() });
    await session('live', { expiresAt: later(30 * DAY) });
    await session('outlived');
    await database.db
      .insert(oidcPayloads)
      .values({ model: 'RefreshToken', idHash: 'r', payload: {}, sessionUid: 'outlived' });

    clock.advance(DAY);
    await job.run();
    expect((await sessionIds()).toSorted()).toEqual(['ended', 'expired', 'live', 'outlived']);
    clock.advance(HOUR + 600);
    await job.run();
    expect((await sessionIds()).toSorted()).toEqual(['live', 'outlived']);
  });

  it('of failed logins go after a day, unless the account is locked', async () => {
    const { db } = database;
    const lastAt = clock.now();
    await db.insert(loginFailures).values([
      { key: 'old', failures: 4, lastAt },
      { key: 'locked', failures: 5, lastAt, lockedUntil: later(2 * DAY) },
    ]);
    clock.advance(DAY);
    await job.run();
    expect(await db.$count(loginFailures)).toBe(2);
    clock.advance(600);
    await db.insert(loginFailures).values({ key: 'new', failures: 1, lastAt: clock.now() });
    await job.run();
    const keys = (await db.select().from(loginFailures)).map(({ key }) => key);
    expect(keys.toSorted()).toEqual(['locked', 'new']);
  });

  it('of mails go after a week, unless they are still to be sent', async () => {
    const { db } = database;
    await db.delete(mails);
    const createdAt = clock.now();
    const all = [
      { sealed: 'given up', createdAt },
      { sealed: 'waiting', createdAt, nextAttemptAt: later(HOUR) },
    ];
    const rules = new RetentionRules();
    const queue = bed.app.get(MailQueue, { strict: false });
    rules.register(queue.retentionRule({ isSending: true }));
    await db.insert(mails).values(all);
    clock.advance(7 * DAY - 1);
    await job.run();
    expect(await db.$count(mails)).toBe(2);
    clock.advance(2);
    await new RetentionJob(database, clock, rules).run();
    expect((await db.select().from(mails)).map(({ sealed }) => sealed)).toEqual(['waiting']);
    await job.run();
    expect(await db.$count(mails)).toBe(0);
  });

  it('of unconfirmed addresses are removed after a week unless a link is left', async () => {
    const { db } = database;
    clock.advance(7 * DAY - 60);
    const createdAt = clock.now();
    const link = { hash: 'h', purpose: 'verify_email' as const, accountId, createdAt };
    await db.insert(oneTimeTokens).values({ ...link, expiresAt: later(DAY) });
    clock.advance(120);
    await job.run();
    expect(await db.$count(accounts)).toBe(1);
    clock.advance(2 * DAY);
    await job.run();
    expect(await db.$count(accounts)).toBe(0);
  });

  it('go all, however many', async () => {
    const expiresAt = clock.now();
    const row = (_: unknown, i: number) => ({ tokenId: `t${i}`, revokedAt: expiresAt, expiresAt });
    await database.db.insert(revokedTokens).values(Array.from({ length: 2500 }, row));
    clock.advance(HOUR);
    await job.run();
    expect(await database.db.$count(revokedTokens)).toBe(0);
  });
});
