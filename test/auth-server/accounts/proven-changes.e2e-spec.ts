import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { until } from '../../environment/until.js';
import { logIn, newAddress, PASSWORD, registered, tokensOf } from '../support/people.js';
import { type ApiAnswer, PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { waitingIn } from '../support/waiting-in.js';

describe.each(STORAGES)('an account that changes during a request, on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
  });
  afterAll(() => bed.close());

  async function person() {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const change = (set: Partial<AccountRow>, session = db) =>
      session.update(accounts).set(set).where(eq(accounts.emailKey, email));
    return { email, accessToken, change };
  }

  it('that is closed is not let in with a token from before', async () => {
    const { accessToken, change } = await person();
    await change({ state: 'deactivated' });
    expect(await bed.api('GET', '/api/v1/me', undefined, accessToken)).toMatchObject({
      status: 401,
      body: { code: 'token_revoked' },
    });
  });

  it('is not found by a name that is no address', async () => {
    expect((await logIn(bed, 'a@b@example.com')).status).toBe(401);
  });

  it('without an address gets its first one, and no notice goes elsewhere', async () => {
    const { accessToken, change } = await person();
    await change({ email: null, emailKey: null });
    const email = newAddress();
    const body = { email, currentPassword: PASSWORD };
    expect((await bed.api('PATCH', '/api/v1/me', body, accessToken)).status).toBe(200);
    expect(await bed.inbox(email)).toHaveLength(1);
  });

  it('without an address is closed, and no mail is sent', async () => {
    const { email, accessToken, change } = await person();
    const before = (await bed.inbox(email)).length;
    await change({ email: null, emailKey: null });
    const closed = await bed.api(
      'DELETE',
      '/api/v1/me',
      { currentPassword: PASSWORD },
      accessToken,
    );
    expect(closed.status).toBe(204);
    expect(await bed.inbox(email)).toHaveLength(before);
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  /** Makes a request that has to wait for a change of its account, which is committed then. */
  async function during(
    change: (tx: DatabaseSession) => Promise<unknown>,
    request: () => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    const { answer } = await db.transaction(async (tx) => {
      await change(tx);
      let settled = false;
      const waiting = request().finally(() => (settled = true));
      await until(true, async () => settled || (await waitingIn(db)) > 0);
      return { answer: waiting };
    });
    return answer;
  }

  onServer('keeps its profile if it is closed meanwhile', async () => {
    const { accessToken, change } = await person();
    const answer = await during(
      (tx) => change({ state: 'deactivated' }, tx),
      () => bed.api('PATCH', '/api/v1/me', { name: 'Eve' }, accessToken),
    );
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  });

  onServer.each([
    ['its address', 'PATCH', '/api/v1/me', { email: newAddress(), currentPassword: PASSWORD }],
    ['its state', 'DELETE', '/api/v1/me', { currentPassword: PASSWORD }],
  ])('keeps %s if its password is changed meanwhile', async (_what, method, path, body) => {
    const { email, accessToken, change } = await person();
    const answer = await during(
      (tx) => change({ securityVersion: 99 }, tx),
      () => bed.api(method, path, body, accessToken),
    );
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect((await logIn(bed, email)).status).toBe(200);
  });
});
