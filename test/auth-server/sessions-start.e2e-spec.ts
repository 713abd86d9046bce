import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../apps/auth-server/src/operation/database/database.js';
import { type AccountRow, accounts } from '../../apps/auth-server/src/accounts/accounts.table.js';
import { refreshTokens, sessions } from '../../apps/auth-server/src/sessions/sessions.table.js';
import { ApiSessions } from '../../apps/auth-server/src/sign-in/login/login.service.js';
import { registered } from './accounts-people.js';
import { PlatformBed } from './platform-bed.js';
import { STORAGES } from './platform-storage.js';
import { until } from './until.js';
import { waitingIn } from './waiting-in.js';

const DEVICE = { device: 'Firefox on Linux', address: '127.0.0.1' };
const REFUSED = { code: 'invalid_credentials' };

describe.each(STORAGES)('a session of a verified account on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  let starts: ApiSessions;
  let account: AccountRow;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
    starts = bed.app.get(ApiSessions, { strict: false });
  });
  beforeEach(async () => {
    const email = await registered(bed);
    const [row] = await db.select().from(accounts).where(eq(accounts.emailKey, email));
    account = row!;
  });
  afterAll(() => bed.close());

  const change = (set: Partial<AccountRow>, session = db) =>
    session.update(accounts).set(set).where(eq(accounts.id, account.id));

  const started = () => db.$count(sessions, eq(sessions.accountId, account.id));

  it('starts with its first refresh token', async () => {
    const { session } = await starts.start(account, DEVICE);
    const [row] = await db.select().from(sessions).where(eq(sessions.id, session.id));
    expect(row).toEqual(session);
    expect(await db.$count(refreshTokens, eq(refreshTokens.sessionId, session.id))).toBe(1);
  });

  it.each<[string, Partial<AccountRow>]>([
    ['was closed', { state: 'deactivated' }],
    ['has another password', { passwordHash: 'another' }],
    ['has no password any more', { passwordHash: null }],
  ])('does not start where it %s by now', async (_what, set) => {
    await change(set);
    await expect(starts.start(account, DEVICE)).rejects.toMatchObject(REFUSED);
    expect(await started()).toBe(0);
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('waits for a change of password that is under way', async () => {
    let settled = false;
    const start = await db.transaction(async (tx) => {
      await change({ passwordHash: 'another' }, tx);
      const outcome = starts.start(account, DEVICE).then(
        () => 'started',
        (error: unknown) => error,
      );
      void outcome.then(() => (settled = true));
      await until(async () => settled || (await waitingIn(db)) > 0);
      return { outcome };
    });
    expect(await start.outcome).toMatchObject(REFUSED);
    expect(await started()).toBe(0);
  });
});
