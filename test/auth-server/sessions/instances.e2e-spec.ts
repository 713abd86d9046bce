import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { revokedTokens, sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { decodeJwt } from 'jose';
import { PlatformBed } from '../support/platform-bed.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { removeKeys } from '../support/remove-keys.js';
import { madeAccount, PASSWORD } from './account.js';
import { until } from '../../environment/until.js';

const REVOKED = { status: 401, body: { code: 'token_revoked' } };

/** Timers that stay real: all but intervals. */
const NOT_INTERVALS = [
  'Date',
  'clearImmediate',
  'clearTimeout',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
] as const;

let storage: PlatformStorage;
let beds: PlatformBed[] = [];

afterEach(async () => {
  for (const bed of beds) await bed.stop();
  beds = [];
  await storage.clear();
});

async function start(options: Parameters<typeof PlatformBed.start>[0]): Promise<PlatformBed> {
  const bed = await PlatformBed.start(options);
  beds.push(bed);
  return bed;
}

async function logIn(bed: PlatformBed) {
  const email = `${randomUUID()}@example.com`;
  await madeAccount(bed.app, email);
  const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
  return { accessToken: String(answer.body.accessToken), refreshToken: answer.body.refreshToken };
}

const me = (bed: PlatformBed, token: string) =>
  bed.api('GET', '/api/v1/me/sessions', undefined, token);
const logOut = (bed: PlatformBed, token: string) =>
  bed.api('POST', '/api/v1/auth/logout', undefined, token);

describe.each(STORAGES)('a restart on %s', (name) => {
  it('revives nothing that has ended, and ends nothing else', async () => {
    storage = await platformStorage(name);
    const before = await start({ on: storage });
    const [ended, revoked, live] = [await logIn(before), await logIn(before), await logIn(before)];
    await logOut(before, ended.accessToken);
    const { jti: tokenId = '' } = decodeJwt(revoked.accessToken);
    const now = before.clock.now();
    await before.app
      .get(PlatformDatabase, { strict: false })
      .db.insert(revokedTokens)
      .values({ tokenId, revokedAt: now, expiresAt: new Date(now.getTime() + 900_000) });
    await before.stop();
    beds = [];

    // The database must suffice: Redis has lost everything.
    const { REDIS_PREFIX: prefix } = storage.environment;
    if (prefix !== undefined) await removeKeys(prefix);
    const after = await start({ on: storage, port: before.port });
    expect(await me(after, ended.accessToken)).toMatchObject(REVOKED);
    expect(await me(after, revoked.accessToken)).toMatchObject(REVOKED);
    expect((await me(after, live.accessToken)).status).toBe(200);
  });
});

it('what ended at an instance that could not say so is said by others', async () => {
  storage = await platformStorage('embedded');
  jest.useFakeTimers({ doNotFake: [...NOT_INTERVALS] });
  const bed = await start({ on: storage });
  const { accessToken } = await logIn(bed);
  expect((await me(bed, accessToken)).status).toBe(200);
  const { db } = bed.app.get(PlatformDatabase, { strict: false });
  await db.update(sessions).set({ endedAt: bed.clock.now() });
  jest.advanceTimersByTime(10_000);
  jest.useRealTimers();
  await until(true, async () => (await me(bed, accessToken)).status === 401);
});

const together = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;

together('two instances', () => {
  it('refuse within a second what ended at either of them', async () => {
    storage = await platformStorage('PostgreSQL + Redis');
    const one = await start({ on: storage });
    const environment = { ISSUER: one.url };
    const other = await start({ on: storage, environment });
    const { accessToken, refreshToken } = await logIn(one);
    expect((await me(other, accessToken)).status).toBe(200);
    expect((await logOut(one, accessToken)).status).toBe(204);
    const endedAt = performance.now();
    let refusedAt = Number.POSITIVE_INFINITY;
    await until(true, async () => {
      const { status } = await me(other, accessToken);
      refusedAt = performance.now();
      return status === 401;
    });
    expect(refusedAt - endedAt).toBeLessThan(1000);
    const answer = await other.api('POST', '/api/v1/auth/refresh', { refreshToken });
    expect(answer.status).toBe(401);
  });

  it('have one winner of a refresh token between them, and one successor', async () => {
    storage = await platformStorage('PostgreSQL + Redis');
    const one = await start({ on: storage });
    const other = await start({ on: storage, environment: { ISSUER: one.url } });
    const { refreshToken } = await logIn(one);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 === 0 ? one : other).api('POST', '/api/v1/auth/refresh', { refreshToken }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
  });
});
