import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import {
  type AccountEnd,
  AccountEnding,
} from '../../../apps/auth-server/src/accounts/account-ending.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import {
  ADVISORY_LOCKS,
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { PlatformError } from '../../../apps/auth-server/src/operation/http/errors.js';
import { logIn, PASSWORD, registered, tally, tokensOf } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';
import { waitingIn } from '../support/waiting-in.js';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly accessToken: string;
}

const REFUSED = { status: 409, body: { code: 'last_administrator' } };
const DISABLED: AccountEnd = { state: 'disabled' };
const DEACTIVATED: AccountEnd = { state: 'deactivated' };

describe.each(STORAGES)('the end of an account on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  let ending: AccountEnding;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
    ending = bed.app.get(AccountEnding, { strict: false });
  });
  beforeEach(async () => {
    await db.update(accounts).set({ role: 'END_USER' });
  });
  afterAll(() => bed.close());

  async function person(changes: Partial<typeof accounts.$inferInsert> = {}): Promise<Person> {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const rows = await db.select().from(accounts).where(eq(accounts.emailKey, email));
    const { id } = rows[0]!;
    await db
      .update(accounts)
      .set({ role: 'SYSTEM_ADMIN', ...changes })
      .where(eq(accounts.id, id));
    return { id, email, accessToken };
  }
  const people = (count: number) => Promise.all(Array.from({ length: count }, () => person()));
  const close = ({ accessToken }: Person, how: 'deactivate' | 'delete' = 'deactivate') =>
    how === 'delete'
      ? bed.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, accessToken)
      : bed.api('POST', '/api/v1/me/deactivate', { currentPassword: PASSWORD }, accessToken);
  const end = ({ id }: Person, how: AccountEnd) => db.transaction((tx) => ending.end(tx, id, how));
  const stateOf = async ({ id }: Person) =>
    (await db.select().from(accounts).where(eq(accounts.id, id)))[0]?.state;

  it.each(['deactivate', 'delete'] as const)(
    '(%s) is refused to the last administrator, who goes on as before',
    async (how) => {
      const last = await person();
      const before = (await bed.inbox(last.email)).length;
      expect(await close(last, how)).toMatchObject(REFUSED);
      expect(await stateOf(last)).toBe('active');
      expect((await bed.api('GET', '/api/v1/me', undefined, last.accessToken)).status).toBe(200);
      expect((await logIn(bed, last.email)).status).toBe(200);
      expect(await bed.inbox(last.email)).toHaveLength(before);
    },
  );

  it('is allowed to an administrator as long as another one is left', async () => {
    const [one, other] = await people(2);
    expect((await close(one!)).status).toBe(204);
    expect(await close(other!, 'delete')).toMatchObject(REFUSED);
    await person();
    expect((await close(other!, 'delete')).status).toBe(204);
  });

  it('is refused in whichever way an administrator would do it', async () => {
    const last = await person();
    await expect(end(last, DISABLED)).rejects.toMatchObject({ code: 'last_administrator' });
    expect(await stateOf(last)).toBe('active');
    const another = await person();
    expect(await end(last, DISABLED)).toMatchObject({ id: last.id, state: 'disabled' });
    await expect(end(another, DISABLED)).rejects.toMatchObject({ code: 'last_administrator' });
  });

  it.each([
    ['is disabled', { state: 'disabled' }],
    ['is deactivated', { state: 'deactivated' }],
    ['is deleted', { state: 'deleted' }],
    ['has not confirmed an address', { emailVerifiedAt: null }],
    ['has a lower role', { role: 'DATA_ADMIN' }],
  ] as const)('does not count on an administrator who %s', async (_what, changes) => {
    const last = await person();
    await person(changes);
    expect(await close(last)).toMatchObject(REFUSED);
  });

  it('is no matter for an administrator who is not active, nor for anyone else', async () => {
    const last = await person();
    const ended = await person({ state: 'disabled' });
    expect(await end(ended, DEACTIVATED)).toMatchObject({ state: 'deactivated' });
    expect((await close(await person({ role: 'END_USER' }))).status).toBe(204);
    expect(await stateOf(last)).toBe('active');
  });

  it('leaves one of ten administrators who close their accounts at once', async () => {
    const all = await people(10);
    const tallied = await tally(10, (index) =>
      close(all[index]!, index % 2 === 0 ? 'delete' : 'deactivate'),
    );
    expect(tallied).toEqual({ 204: 9, 409: 1 });
    const states = await Promise.all(all.map(stateOf));
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('leaves one of two that have both locked their own rows', async () => {
    const all = await people(2);
    const { closing } = await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.lastAdministrator})`);
      const both = tally(2, (index) => close(all[index]!));
      await until(2, () => waitingIn(db));
      return { closing: both };
    });
    expect(await closing).toEqual({ 204: 1, 409: 1 });
  });

  it('is undone as a whole if a room refuses it, and asks with the row as it is', async () => {
    const one = await person({ role: 'END_USER', name: 'Refused' });
    const asked: unknown[] = [];
    ending.register(async (_tx, { id, state, name }) => {
      if (id !== one.id) return;
      asked.push({ state, name });
      throw new PlatformError('conflict');
    });
    expect(await close(one)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(asked).toEqual([{ state: 'active', name: 'Refused' }]);
    expect(await stateOf(one)).toBe('active');
    expect((await logIn(bed, one.email)).status).toBe(200);
  });

  it('of an account that is gone is none', async () => {
    const gone = { id: crypto.randomUUID() };
    expect(await db.transaction((tx) => ending.end(tx, gone.id, DISABLED))).toBeUndefined();
  });
});
