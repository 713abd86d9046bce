import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import {
  accounts,
  type PlatformRole,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { outbox } from '../../../apps/auth-server/src/events/outbox/outbox.table.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { PASSWORD, registered, tally, tokensOf } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

describe.each(STORAGES)('the platform roles of accounts on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  beforeEach(async () => {
    await database().update(accounts).set({ role: 'END_USER' });
  });
  afterAll(() => bed.close());

  const database = () => bed.app.get(PlatformDatabase, { strict: false }).db;

  async function person(role: PlatformRole = 'END_USER') {
    const email = await registered(bed);
    const { emailKey, id: key } = accounts;
    const [row] = await database()
      .update(accounts)
      .set({ role })
      .where(eq(emailKey, email))
      .returning({ id: key });
    const { accessToken } = await tokensOf(bed, email);
    return { id: row!.id, email, accessToken };
  }
  type Person = Awaited<ReturnType<typeof person>>;

  const give = (by: Person, { id }: { id: string }, role: string) =>
    bed.api('POST', `/api/v1/admin/accounts/${id}/roles`, { role }, by.accessToken);
  const take = (by: Person, { id }: { id: string }, role: string) =>
    bed.api('DELETE', `/api/v1/admin/accounts/${id}/roles/${role}`, undefined, by.accessToken);
  const me = ({ accessToken }: Person) => bed.api('GET', '/api/v1/me', undefined, accessToken);
  const roleOf = async ({ id }: Person) =>
    (await database().select().from(accounts).where(eq(accounts.id, id)))[0]?.role;

  it('are given by an administrator, and taken with every session of the account', async () => {
    const [admin, other] = [await person('SYSTEM_ADMIN'), await person()];
    expect(await give(admin, other, 'SYSTEM_ADMIN')).toMatchObject({
      status: 200,
      body: { roles: ['SYSTEM_ADMIN'] },
    });
    const fresh = { ...other, ...(await tokensOf(bed, other.email)) };
    expect((await me(fresh)).body.role).toBe('SYSTEM_ADMIN');
    // The new administrator can do the same at once.
    expect((await give(fresh, await person(), 'STAFF')).body).toEqual({ roles: ['STAFF'] });
    expect(await take(admin, other, 'SYSTEM_ADMIN')).toMatchObject({
      status: 200,
      body: { roles: ['END_USER'] },
    });
    expect((await me(fresh)).body.code).toBe('token_revoked');
    expect((await give(fresh, other, 'SYSTEM_ADMIN')).status).toBe(401);
    expect(await roleOf(other)).toBe('END_USER');
  });

  it('keep the highest that was given', async () => {
    const [admin, other] = [await person('SYSTEM_ADMIN'), await person('DATA_ADMIN')];
    expect((await give(admin, other, 'STAFF')).body).toEqual({ roles: ['DATA_ADMIN'] });
    expect((await me(other)).status).toBe(200);
    expect((await give(admin, admin, 'STAFF')).body).toEqual({ roles: ['SYSTEM_ADMIN'] });
  });

  it.each(['END_USER', 'STAFF', 'DATA_ADMIN'] as const)('are no matter of a %s', async (role) => {
    const [caller, other] = [await person(role), await person('STAFF')];
    for (const answer of [
      await give(caller, caller, 'SYSTEM_ADMIN'),
      await take(caller, other, 'STAFF'),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'role_denied']);
    }
    expect([await roleOf(caller), await roleOf(other)]).toEqual([role, 'STAFF']);
  });

  it('are refused to accounts that are gone, and roles that nobody gives', async () => {
    const admin = await person('SYSTEM_ADMIN');
    const closed = await person();
    await bed.api(
      'POST',
      '/api/v1/me/deactivate',
      { currentPassword: PASSWORD },
      closed.accessToken,
    );
    for (const id of [closed.id, crypto.randomUUID(), 'no-id']) {
      expect((await give(admin, { id }, 'STAFF')).status).toBe(404);
      expect((await take(admin, { id }, 'STAFF')).status).toBe(404);
    }
    expect((await take(admin, await person(), 'STAFF')).status).toBe(404);
    for (const role of ['END_USER', 'OWNER', 'system_admin', '']) {
      expect((await give(admin, admin, role)).status).toBe(400);
    }
    expect((await take(admin, admin, 'OWNER')).status).toBe(404);
  });

  it('leave the last administrator', async () => {
    const admin = await person('SYSTEM_ADMIN');
    expect(await take(admin, admin, 'SYSTEM_ADMIN')).toMatchObject({
      status: 409,
      body: { code: 'last_administrator' },
    });
    expect((await me(admin)).body.role).toBe('SYSTEM_ADMIN');
  });

  it('leave one of ten administrators, whatever they do to each other at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => person('SYSTEM_ADMIN')));
    const tallied = await tally(10, (index) => {
      const [one, next] = [all[index]!, all[(index + 1) % 10]!];
      if (index % 3 === 0) return take(one, next, 'SYSTEM_ADMIN');
      if (index % 3 === 1) return take(one, one, 'SYSTEM_ADMIN');
      const password = { currentPassword: PASSWORD };
      return bed.api('POST', '/api/v1/me/deactivate', password, one.accessToken);
    });
    expect(Object.keys(tallied).filter((status) => Number(status) >= 500)).toEqual([]);
    const { role, state } = accounts;
    const left = await database().select({ role, state }).from(accounts);
    const able = left.filter((row) => row.role === 'SYSTEM_ADMIN' && row.state === 'active');
    expect(able.length).toBeGreaterThanOrEqual(1);
  });

  it('leave one of two who take the role of each other', async () => {
    for (let round = 0; round < (storage === 'embedded' ? 5 : 20); round += 1) {
      await database().update(accounts).set({ role: 'END_USER' });
      const [one, other] = await Promise.all([person('SYSTEM_ADMIN'), person('SYSTEM_ADMIN')]);
      await Promise.all([take(one, other, 'SYSTEM_ADMIN'), take(other, one, 'SYSTEM_ADMIN')]);
      const roles = new Set([await roleOf(one), await roleOf(other)]);
      expect(roles).toEqual(new Set(['END_USER', 'SYSTEM_ADMIN']));
    }
  });

  it('are recorded', async () => {
    const [admin, other] = [await person('SYSTEM_ADMIN'), await person()];
    await give(admin, other, 'STAFF');
    await give(admin, other, 'STAFF');
    await take(admin, other, 'STAFF');
    const rows = await database().select().from(outbox);
    const types = rows
      .filter((row) => JSON.stringify(row).includes(other.id))
      .map((row) => /assignment\.(?:added|removed)/.exec(JSON.stringify(row))?.[0])
      .filter((type) => type !== undefined);
    expect(types).toHaveLength(2);
    expect(new Set(types)).toEqual(new Set(['assignment.added', 'assignment.removed']));
  });
});
