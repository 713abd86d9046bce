import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { refreshTokens, sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import type { Proof } from '../../../apps/auth-server/src/credentials/credential.js';
import { SignInService } from '../../../apps/auth-server/src/sign-in/sign-in.service.js';
import { registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';
import { waitingIn } from '../support/waiting-in.js';

const DEVICE = { device: 'Firefox on Linux', address: '127.0.0.1' };
const REFUSED = { code: 'invalid_credentials' };

describe.each(STORAGES)('a session of a verified account on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  let signIn: SignInService;
  let account: AccountRow;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
    signIn = bed.app.get(SignInService, { strict: false });
  });
  beforeEach(async () => {
    const email = await registered(bed);
    const [row] = await db.select().from(accounts).where(eq(accounts.emailKey, email));
    account = row!;
  });
  afterAll(() => bed.close());

  const change = (set: Partial<AccountRow>, session = db) =>
    session.update(accounts).set(set).where(eq(accounts.id, account.id));

  const proof = (): Proof => {
    const { securityVersion } = account;
    return { method: 'pwd', at: bed.clock.now(), securityVersion };
  };

  const started = () => db.$count(sessions, eq(sessions.accountId, account.id));

  it('starts with its first refresh token', async () => {
    const { session } = await signIn.complete(account, [proof()], DEVICE);
    const [row] = await db.select().from(sessions).where(eq(sessions.id, session.id));
    expect(row).toEqual(session);
    expect(await db.$count(refreshTokens, eq(refreshTokens.sessionId, session.id))).toBe(1);
  });

  it.each<[string, Partial<AccountRow>]>([
    ['was closed', { state: 'deactivated' }],
    ['has another credential', { securityVersion: 99 }],
  ])('does not start where it %s by now', async (_what, set) => {
    await change(set);
    await expect(signIn.complete(account, [proof()], DEVICE)).rejects.toMatchObject(REFUSED);
    expect(await started()).toBe(0);
  });

  it('does not start without a proof, nor with proofs that disagree', async () => {
    const older = { ...proof(), securityVersion: account.securityVersion - 1 };
    for (const proofs of [[], [proof(), older]]) {
      await expect(signIn.complete(account, proofs, DEVICE)).rejects.toMatchObject(REFUSED);
    }
    expect(await started()).toBe(0);
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('waits for a change of password that is under way', async () => {
    let settled = false;
    const start = await db.transaction(async (tx) => {
      await change({ securityVersion: 99 }, tx);
      const outcome = signIn.complete(account, [proof()], DEVICE).then(
        () => 'started',
        (error: unknown) => error,
      );
      void outcome.then(() => (settled = true));
      await until(true, async () => settled || (await waitingIn(db)) > 0);
      return { outcome };
    });
    expect(await start.outcome).toMatchObject(REFUSED);
    expect(await started()).toBe(0);
  });
});
