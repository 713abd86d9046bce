import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { Anonymiser } from '../../../apps/auth-server/src/accounts/anonymiser.job.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { oneTimeTokens } from '../../../apps/auth-server/src/sign-in/sign-in.table.js';
import {
  logIn,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tokensOf,
  verifyEmail,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const DAYS = 24 * 60 * 60;

const database = (bed: PlatformBed) => bed.app.get(PlatformDatabase, { strict: false }).db;

async function close(bed: PlatformBed, email: string, how: 'deactivate' | 'delete') {
  const { accessToken } = await tokensOf(bed, email);
  const { body } = await bed.api('GET', '/api/v1/me', undefined, accessToken);
  const [method, path] =
    how === 'delete' ? ['DELETE', '/api/v1/me'] : ['POST', '/api/v1/me/deactivate'];
  const wrong = await bed.api(method!, path!, { currentPassword: OTHER_PASSWORD }, accessToken);
  expect(wrong.body.code).toBe('invalid_credentials');
  const answer = await bed.api(method!, path!, { currentPassword: PASSWORD }, accessToken);
  expect(answer.status).toBe(204);
  return { id: String(body.id), accessToken };
}

async function comeBack(bed: PlatformBed, email: string): Promise<number> {
  await bed.api('POST', '/api/v1/auth/forgot-password', { email });
  const token = await bed.tokenMailedTo(email);
  const body = { token, password: OTHER_PASSWORD };
  return (await bed.api('POST', '/api/v1/auth/reset-password', body)).status;
}

describe.each(STORAGES)('closing an account on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  it.each(['deactivate', 'delete'] as const)(
    '(%s) ends its sessions and links, tells the owner how to come back, and lets nobody else do it',
    async (how) => {
      const email = await registered(bed);
      await bed.api('POST', '/api/v1/auth/forgot-password', { email });
      const older = await bed.tokenMailedTo(email);
      const { id, accessToken } = await close(bed, email, how);

      const after = await bed.api('GET', '/api/v1/me', undefined, accessToken);
      expect(after.body.code).toBe('token_revoked');
      expect(await logIn(bed, email)).toMatchObject({ body: { code: 'invalid_credentials' } });
      const link = { token: older, password: OTHER_PASSWORD };
      expect((await bed.api('POST', '/api/v1/auth/reset-password', link)).status).toBe(410);
      expect((await bed.inbox(email)).at(-1)?.subject).toMatch(
        /^Your account was (deactivated|deleted)$/,
      );

      await register(bed, email, OTHER_PASSWORD);
      expect((await verifyEmail(bed, await bed.tokenMailedTo(email))).status).toBe(410);
      expect(await comeBack(bed, email)).toBe(204);
      const back = await tokensOf(bed, email, OTHER_PASSWORD);
      const me = await bed.api('GET', '/api/v1/me', undefined, back.accessToken);
      expect(me.body.id).toBe(id);
      const [row] = await database(bed).select().from(accounts).where(eq(accounts.id, id));
      expect(row).toMatchObject({ state: 'active', deletedAt: null, anonymiseAt: null });
    },
  );

  it('by an administrator is not undone through the mailbox', async () => {
    const email = await registered(bed);
    await database(bed)
      .update(accounts)
      .set({ state: 'disabled' })
      .where(eq(accounts.emailKey, email));
    expect(await comeBack(bed, email)).toBe(204);
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(401);
  });
});

describe.each(STORAGES)('a deleted account on %s', (storage) => {
  it('is anonymised when it is due, and its address can be registered again', async () => {
    const bed = await PlatformBed.start({ storage });
    try {
      const username = `gone-${Date.now()}`;
      const email = await registered(bed, { username, name: 'Ana Ruiz' });
      const kept = await registered(bed);
      const deactivated = await registered(bed);
      const { id } = await close(bed, email, 'delete');
      await close(bed, deactivated, 'deactivate');
      await bed.api('POST', '/api/v1/auth/forgot-password', { email });
      const link = await bed.tokenMailedTo(email);
      const anonymiser = bed.app.get(Anonymiser, { strict: false });
      bed.clock.advance(30 * DAYS - 60);
      await anonymiser.run();
      const rowOf = async () =>
        (await database(bed).select().from(accounts).where(eq(accounts.id, id)))[0];
      expect(await rowOf()).toMatchObject({ state: 'deleted', name: 'Ana Ruiz' });

      bed.clock.advance(60);
      await Promise.all([anonymiser.run(), anonymiser.run()]);
      const row = await rowOf();
      expect(row).toMatchObject({ id, state: 'anonymised', role: 'END_USER' });
      const blank = { email: null, emailKey: null, username: null, usernameKey: null, name: null };
      expect(row).toMatchObject({ ...blank, passwordHash: null });
      const links = database(bed)
        .select()
        .from(oneTimeTokens)
        .where(eq(oneTimeTokens.accountId, id));
      expect(await links).toEqual([]);
      const places = await database(bed).select().from(sessions).where(eq(sessions.accountId, id));
      expect(places.map(({ device, address }) => device + address).join('')).toBe('');
      const reset = { token: link, password: OTHER_PASSWORD };
      expect((await bed.api('POST', '/api/v1/auth/reset-password', reset)).status).toBe(410);

      await register(bed, email, OTHER_PASSWORD, { username });
      const again = await verifyEmail(bed, await bed.tokenMailedTo(email));
      expect(again.body).toMatchObject({ email, username });
      expect((await logIn(bed, kept)).status).toBe(200);
      expect(await comeBack(bed, deactivated)).toBe(204);
    } finally {
      await bed.close();
    }
  });

  it('is anonymised at start if it became due while the server was stopped', async () => {
    const first = await PlatformBed.start({ storage });
    const email = await registered(first);
    const { id } = await close(first, email, 'delete');
    await first.stop();
    first.clock.advance(31 * DAYS);
    const second = await PlatformBed.start({ storage, on: first.storage, clock: first.clock });
    try {
      await until(true, async () => {
        const [row] = await database(second).select().from(accounts).where(eq(accounts.id, id));
        return row?.state === 'anonymised';
      });
    } finally {
      await second.close();
      await first.storage.clear();
    }
  });
});
