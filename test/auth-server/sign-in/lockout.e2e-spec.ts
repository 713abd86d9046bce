import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { loginFailures } from '../../../apps/auth-server/src/sign-in/login/login-failures.table.js';
import { PasswordHasher } from '../../../apps/auth-server/src/credentials/password/password-hasher.js';
import { HashingOverloadedError } from '../../../apps/auth-server/src/credentials/password/hash-queue.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tally,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { LOCKED, REFUSED, WRONG } from './networks.js';

describe.each(STORAGES)('five failures in a row of a network on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const fail = async (name: string, times: number) => {
    for (let index = 0; index < times; index += 1) {
      expect(await logIn(bed, name, WRONG)).toMatchObject(REFUSED);
    }
  };
  const locksOf = async (email: string) =>
    (await bed.inbox(email)).filter(({ subject }) => subject.includes('locked'));

  it('lock the name for fifteen minutes, for the right password too, and tell its owner once', async () => {
    const email = await registered(bed);
    await fail(email, 4);
    expect(await locksOf(email)).toEqual([]);
    await fail(email, 1);
    const answer = await logIn(bed, email);
    expect(answer).toMatchObject(LOCKED);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60);
    expect(await logIn(bed, email, WRONG)).toMatchObject(LOCKED);
    expect(await locksOf(email)).toHaveLength(1);

    bed.clock.advance(14 * 60);
    expect(await logIn(bed, email)).toMatchObject(LOCKED);
    bed.clock.advance(61);
    expect((await logIn(bed, email)).status).toBe(200);
  });

  it('are counted again after the lock', async () => {
    const email = await registered(bed);
    await fail(email, 5);
    bed.clock.advance(15 * 60);
    await fail(email, 5);
    expect(await logIn(bed, email)).toMatchObject(LOCKED);
  });

  it('are told to the owner once a day', async () => {
    const email = await registered(bed);
    await fail(email, 5);
    bed.clock.advance(15 * 60);
    await fail(email, 5);
    expect(await locksOf(email)).toHaveLength(1);
    bed.clock.advance(24 * 60 * 60);
    await fail(email, 5);
    expect(await locksOf(email)).toHaveLength(2);
  });

  it('are in a row only without a success between them', async () => {
    const email = await registered(bed);
    await fail(email, 4);
    expect((await logIn(bed, email)).status).toBe(200);
    await fail(email, 4);
    expect((await logIn(bed, email)).status).toBe(200);
  });

  it('count for each spelling of a name, and for each name of an account by itself', async () => {
    const username = `lock-${Date.now()}`;
    const email = await registered(bed, { username });
    await fail(email, 3);
    await fail(email.toUpperCase(), 2);
    expect(await logIn(bed, email)).toMatchObject(LOCKED);
    expect((await logIn(bed, username)).status).toBe(200);
  });

  it('count neither for an alias nor for another name, which nobody has', async () => {
    const email = await registered(bed);
    const [local, domain] = email.split('@');
    for (let index = 0; index < 20; index += 1) {
      expect(await logIn(bed, `${local}+x${index}@${domain}`, WRONG)).toMatchObject(REFUSED);
    }
    expect((await logIn(bed, email)).status).toBe(200);
  });

  it('stay counted when somebody registers the name', async () => {
    const email = newAddress();
    await fail(email, 5);
    expect(await logIn(bed, email)).toMatchObject(LOCKED);
    await register(bed, email);
    expect(await logIn(bed, email)).toMatchObject(LOCKED);
  });

  it.each([`nobody-${Date.now()}@example.com`, `nobody-${Date.now()}`, 'nobody\u0000'])(
    'lock a name that nobody has, alike: %j',
    async (name) => {
      await fail(name, 5);
      expect(await logIn(bed, name)).toMatchObject(LOCKED);
      expect(await locksOf(name)).toEqual([]);
    },
  );

  it('keep no name that was typed', async () => {
    const typed = 'my-secret-passphrase-by-mistake';
    await fail(typed, 1);
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    expect(JSON.stringify(await db.select().from(loginFailures))).not.toContain(typed);
  });

  it('are forgotten after a password reset', async () => {
    const email = await registered(bed);
    await fail(email, 5);
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const body = { token: await bed.tokenMailedTo(email), password: OTHER_PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/reset-password', body)).status).toBe(204);
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
  });

  it.each(['an account', 'nobody'])(
    'are no more than five in a hundred parallel guesses at %s',
    async (who) => {
      const email = who === 'nobody' ? newAddress() : await registered(bed);
      const verify = jest.spyOn(bed.app.get(PasswordHasher, { strict: false }), 'verify');
      try {
        const tallied = await tally(100, (index) => logIn(bed, email, `${WRONG} ${index}`));
        expect(tallied).toEqual({ 401: 5, 429: 95 });
        expect(verify).toHaveBeenCalledTimes(5);
      } finally {
        verify.mockRestore();
      }
      expect(await logIn(bed, email)).toMatchObject(LOCKED);
      expect(await locksOf(email)).toHaveLength(who === 'nobody' ? 0 : 1);
    },
  );

  it('are not what many honest logins at once are', async () => {
    const email = await registered(bed);
    expect(await tally(30, () => logIn(bed, email))).toEqual({ 200: 30 });
  });

  it('are not what a server is that has no time to look', async () => {
    const email = await registered(bed);
    const verify = jest
      .spyOn(bed.app.get(PasswordHasher, { strict: false }), 'verify')
      .mockRejectedValue(new HashingOverloadedError(3));
    try {
      for (let index = 0; index < 6; index += 1) {
        expect((await logIn(bed, email)).body.code).toBe('overloaded');
      }
    } finally {
      verify.mockRestore();
    }
    expect((await logIn(bed, email)).status).toBe(200);
  });
});

describe.each(STORAGES)('a lock on %s', (storage) => {
  it('survives a restart, and counts attempts that died during verification', async () => {
    const first = await PlatformBed.start({ storage });
    const [locked, dying] = [await registered(first), await registered(first)];
    for (let index = 0; index < 5; index += 1) await logIn(first, locked, WRONG);
    for (let index = 0; index < 4; index += 1) await logIn(first, dying, WRONG);
    // State that a process leaves if it is killed while it verifies the fifth.
    const { db } = first.app.get(PlatformDatabase, { strict: false });
    await db.update(loginFailures).set({ failures: 5 }).where(eq(loginFailures.failures, 4));
    await first.stop();

    const { clock } = first;
    clock.advance(60);
    const second = await PlatformBed.start({ storage, on: first.storage, clock });
    try {
      expect(await logIn(second, locked)).toMatchObject(LOCKED);
      expect(await logIn(second, dying)).toMatchObject(LOCKED);
      clock.advance(15 * 60);
      expect((await logIn(second, locked)).status).toBe(200);
      expect((await logIn(second, dying, PASSWORD)).status).toBe(200);
    } finally {
      await second.close();
      await first.storage.clear();
    }
  });
});
