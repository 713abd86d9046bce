import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { refreshTokens, sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { ManualClock } from '../support/manual-clock.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { madeAccount, PASSWORD } from './account.js';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

const GRACE = 10;
const HOUR = 60 * 60;
const REFUSED = { status: 401, body: { code: 'refresh_token_invalid' } };

describe.each(STORAGES)('refresh tokens on %s', (storage) => {
  let bed: PlatformBed;
  let clock: ManualClock;
  let ana: AccountRow;
  let first: Tokens;
  let sid: string;
  let passed = 0;

  beforeAll(async () => {
    clock = new ManualClock();
    const environment = { REFRESH_TOKEN_TTL: String(2 * HOUR), SESSION_TTL: String(5 * HOUR) };
    bed = await PlatformBed.start({ storage, clock, environment });
  });
  afterAll(() => bed.close());

  beforeEach(async () => {
    // The guard uses the machine's clock: tokens for it must be issued now.
    pass(-passed);
    const email = `${randomUUID()}@example.com`;
    ana = await madeAccount(bed.app, email);
    const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    first = answer.body;
    sid = String(decodeJwt(first.accessToken)['sid']);
  });

  const pass = (seconds: number) => {
    clock.advance(seconds);
    passed += seconds;
  };
  const db = () => bed.app.get(PlatformDatabase, { strict: false }).db;
  const exchange = ({ refreshToken }: Pick<Tokens, 'refreshToken'>) =>
    bed.api('POST', '/api/v1/auth/refresh', { refreshToken });
  const exchanged = async (tokens: Tokens): Promise<Tokens> => {
    const { status, body } = await exchange(tokens);
    expect(status).toBe(200);
    return body;
  };
  const session = async () => {
    const [row] = await db().select().from(sessions).where(eq(sessions.id, sid));
    return row;
  };
  const unused = () =>
    db().$count(refreshTokens, and(eq(refreshTokens.sessionId, sid), isNull(refreshTokens.usedAt)));
  const used = () =>
    db().$count(
      refreshTokens,
      and(eq(refreshTokens.sessionId, sid), isNotNull(refreshTokens.usedAt)),
    );
  const expectTheft = async (token: Tokens) => {
    expect(await exchange(token)).toMatchObject(REFUSED);
    expect(await session()).toMatchObject({ endedBecause: 'refresh_token_reused' });
    const answer = await bed.api('GET', '/api/v1/me/sessions', undefined, first.accessToken);
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  };

  it('are exchanged for new tokens of the same session', async () => {
    const next = await exchanged(first);
    expect(next.refreshToken).not.toBe(first.refreshToken);
    expect(decodeJwt(next.accessToken)).toMatchObject({ sid, sub: ana.id });
    expect(await bed.api('GET', '/api/v1/me/sessions', undefined, next.accessToken)).toMatchObject({
      status: 200,
    });
    const third = await exchanged(next);
    expect(third.refreshToken).not.toBe(next.refreshToken);
  });

  it('have one winner among a hundred uses at once, and one successor', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => exchange(first)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect(await used()).toBe(1);
    expect(await unused()).toBe(1);
    expect((await session())?.endedAt).toBeNull();
  });

  it('give the same successor again within the grace, for an answer that was lost', async () => {
    const lost = await exchanged(first);
    pass(GRACE - 2);
    const again = await exchanged(first);
    expect(again.refreshToken).toBe(lost.refreshToken);
    expect(await unused()).toBe(1);
    await exchanged(again);
  });

  it('end their session when they come again after the grace', async () => {
    const next = await exchanged(first);
    pass(GRACE);
    await expectTheft(first);
    expect(await exchange(next)).toMatchObject(REFUSED);
  });

  it('end their session when they come again after their successor was used', async () => {
    const next = await exchanged(first);
    const third = await exchanged(next);
    await expectTheft(first);
    expect(await exchange(third)).toMatchObject(REFUSED);
  });

  it('end their session when they come again although they have expired', async () => {
    await exchanged(first);
    pass(2 * HOUR + 1);
    await expectTheft(first);
  });

  it('end one session, and no other one of the account', async () => {
    const { email } = ana;
    const other = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    await exchanged(await exchanged(first));
    await expectTheft(first);
    await exchanged(other.body);
  });

  it('have one winner, or end the session, whatever a thief and the owner do at once', async () => {
    const next = await exchanged(first);
    await Promise.all([
      ...Array.from({ length: 20 }, () => exchange(first)),
      ...Array.from({ length: 20 }, () => exchange(next)),
    ]);
    const { endedAt } = (await session()) ?? {};
    const isLive = endedAt === null;
    // Tokens of an ended session may stay unused: they are not valid anyway.
    expect(isLive ? [1] : [0, 1]).toContain(await unused());
    const after = isLive ? [] : await Promise.all([exchange(first), exchange(next)]);
    expect(after.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('are refused once they have expired, and the session stays as it is', async () => {
    pass(2 * HOUR + 1);
    expect(await exchange(first)).toMatchObject(REFUSED);
    expect((await session())?.endedAt).toBeNull();
  });

  it('live on from each use, but no longer than their session', async () => {
    let tokens = first;
    for (let hours = 1; hours <= 4; hours += 1) {
      pass(HOUR);
      tokens = await exchanged(tokens);
    }
    pass(HOUR - 60);
    tokens = await exchanged(tokens);
    expect(tokens.expiresIn).toBeLessThanOrEqual(60);
    const { expiresAt } = (await session()) ?? {};
    const rows = await db().select().from(refreshTokens).where(eq(refreshTokens.sessionId, sid));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(Number(row.expiresAt)).toBeLessThanOrEqual(Number(expiresAt));
    pass(61);
    expect(await exchange(tokens)).toMatchObject(REFUSED);
  });

  it('are refused where nobody knows them', async () => {
    const refreshToken = `prt_${'A'.repeat(43)}`;
    expect(await exchange({ refreshToken })).toMatchObject(REFUSED);
    expect(await exchange({ refreshToken: first.accessToken.slice(0, 500) })).toMatchObject(
      REFUSED,
    );
    expect((await session())?.endedAt).toBeNull();
  });

  it('are refused after a logout', async () => {
    await bed.api('POST', '/api/v1/auth/logout', { refreshToken: first.refreshToken });
    expect(await exchange(first)).toMatchObject(REFUSED);
    expect(await session()).toMatchObject({ endedBecause: 'logout' });
  });

  it.each(['deactivated', 'disabled', 'deleted'] as const)(
    'are refused while the account is %s, and not used up by it',
    async (state) => {
      const turn = (to: AccountRow['state']) =>
        db().update(accounts).set({ state: to }).where(eq(accounts.id, ana.id));
      await turn(state);
      expect(await exchange(first)).toMatchObject(REFUSED);
      await turn('active');
      await exchanged(first);
    },
  );

  it.each([{}, { refreshToken: '' }, { refreshToken: 7 }, { refreshToken: 'x', extra: 1 }])(
    'are asked for in the one way there is: %j',
    async (body) => {
      expect(await bed.api('POST', '/api/v1/auth/refresh', body)).toMatchObject({ status: 400 });
    },
  );
});
