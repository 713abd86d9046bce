import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PatronusError, Revocations } from '@patronus/nestjs';
import { decodeJwt } from 'jose';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { SessionsService } from '../../../apps/auth-server/src/sessions/sessions.service.js';
import { AccessTokensService } from '../../../apps/auth-server/src/sessions/access-tokens.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { madeAccount, PASSWORD } from './account.js';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

describe.each(STORAGES)('sessions of the API on %s', (storage) => {
  let bed: PlatformBed;
  let email: string;

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  beforeEach(async () => {
    email = `${randomUUID()}@example.com`;
    await madeAccount(bed.app, email);
  });

  const db = () => bed.app.get(PlatformDatabase, { strict: false }).db;
  const accessTokens = () => bed.app.get(AccessTokensService, { strict: false });
  const logIn = async (name = email): Promise<Tokens> => {
    const answer = await bed.api('POST', '/api/v1/auth/login', { email: name, password: PASSWORD });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const list = (token: string) => bed.api('GET', '/api/v1/me/sessions', undefined, token);
  const sidOf = ({ accessToken }: Tokens) => String(decodeJwt(accessToken)['sid']);
  const refresh = ({ refreshToken }: Tokens) =>
    bed.api('POST', '/api/v1/auth/refresh', { refreshToken });
  /** Requires that the guard, introspection and refresh all refuse the tokens. */
  const expectEnded = async (tokens: Tokens) => {
    const answer = await list(tokens.accessToken);
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
    expect(await accessTokens().verify(tokens.accessToken)).toBeUndefined();
    expect((await refresh(tokens)).status).toBe(401);
  };
  const expectLive = async (tokens: Tokens) => {
    expect((await list(tokens.accessToken)).status).toBe(200);
    expect(await accessTokens().verify(tokens.accessToken)).toBeDefined();
  };

  describe('the list', () => {
    it('shows the live sessions of the caller alone', async () => {
      const bea = `${randomUUID()}@example.com`;
      await madeAccount(bed.app, bea);
      await logIn(bea);
      const ended = await logIn();
      await bed.api('POST', '/api/v1/auth/logout', undefined, ended.accessToken);
      const first = await logIn();
      const second = await logIn();
      const { body } = await list(second.accessToken);
      expect(body).toHaveLength(2);
      expect(body).toContainEqual({
        id: sidOf(second),
        device: expect.any(String),
        address: expect.stringContaining('127.0.0.1'),
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        current: true,
      });
      expect(body).toContainEqual(expect.objectContaining({ id: sidOf(first), current: false }));
    });

    it('names the device of the last use', async () => {
      const agent =
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0';
      const tokens = await logIn();
      const answer = await fetch(`${bed.url}/api/v1/auth/refresh`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': agent },
        body: JSON.stringify({ refreshToken: tokens.refreshToken }),
      });
      expect(answer.status).toBe(200);
      const { body } = await list(tokens.accessToken);
      expect(body[0]).toMatchObject({ device: 'Firefox on Windows' });
    });

    it('is for those who are logged in', async () => {
      for (const method of ['GET', 'DELETE']) {
        expect((await bed.api(method, '/api/v1/me/sessions')).status).toBe(401);
      }
    });
  });

  describe('ending', () => {
    it('the session that asks, by logout', async () => {
      const [one, other] = [await logIn(), await logIn()];
      const answer = await bed.api('POST', '/api/v1/auth/logout', undefined, one.accessToken);
      expect(answer.status).toBe(204);
      await expectEnded(one);
      await expectLive(other);
    });

    it('a session by its refresh token alone, used or not', async () => {
      const [one, other] = [await logIn(), await logIn()];
      const { body: next } = await refresh(other);
      for (const { refreshToken } of [one, other]) {
        const answer = await bed.api('POST', '/api/v1/auth/logout', { refreshToken });
        expect(answer.status).toBe(204);
      }
      await expectEnded(one);
      await expectEnded(next);
    });

    it('nothing, for somebody who names nothing or something unknown', async () => {
      const tokens = await logIn();
      expect((await bed.api('POST', '/api/v1/auth/logout')).status).toBe(401);
      const unknown = { refreshToken: `prt_${'A'.repeat(43)}` };
      expect((await bed.api('POST', '/api/v1/auth/logout', unknown)).status).toBe(204);
      await expectLive(tokens);
    });

    it('once more, for whoever was told that others could not be told', async () => {
      const [one, other] = [await logIn(), await logIn()];
      const byRefreshToken = () =>
        bed.api('POST', '/api/v1/auth/logout', { refreshToken: one.refreshToken });
      const all = () => bed.api('POST', '/api/v1/auth/logout-all', undefined, other.accessToken);
      const revocations = bed.app.get(Revocations, { strict: false });
      const away = jest
        .spyOn(revocations, 'revokeAll')
        .mockRejectedValue(new PatronusError('provider_unavailable'));
      for (const ask of [byRefreshToken, byRefreshToken, all, all]) {
        expect((await ask()).status).toBe(503);
      }
      away.mockRestore();
      expect((await byRefreshToken()).status).toBe(204);
      // Its own token is no longer valid if the server retried first.
      expect([200, 401]).toContain((await all()).status);
      await expectEnded(one);
      await expectEnded(other);
    });

    it('nothing, for an id that nothing can have', async () => {
      const { accessToken } = await logIn();
      for (const id of ['%00', 'a%20b', 'x'.repeat(200)]) {
        const path = `/api/v1/me/sessions/${id}`;
        expect((await bed.api('DELETE', path, undefined, accessToken)).status).toBe(404);
      }
    });

    it('all of them, by logout-all, and nobody else’s', async () => {
      const bea = `${randomUUID()}@example.com`;
      await madeAccount(bed.app, bea);
      const hers = await logIn(bea);
      const [one, other] = [await logIn(), await logIn()];
      const answer = await bed.api('POST', '/api/v1/auth/logout-all', undefined, one.accessToken);
      expect(answer).toMatchObject({ status: 200, body: { ended: 2 } });
      await expectEnded(one);
      await expectEnded(other);
      await expectLive(hers);
    });

    it('one of the caller’s', async () => {
      const [one, other] = [await logIn(), await logIn()];
      const path = `/api/v1/me/sessions/${sidOf(other)}`;
      expect((await bed.api('DELETE', path, undefined, one.accessToken)).status).toBe(204);
      await expectEnded(other);
      await expectLive(one);
      expect((await bed.api('DELETE', path, undefined, one.accessToken)).status).toBe(204);
    });

    it('none of somebody else’s, nor one that nobody has', async () => {
      const bea = `${randomUUID()}@example.com`;
      await madeAccount(bed.app, bea);
      const hers = await logIn(bea);
      const mine = await logIn();
      for (const id of [sidOf(hers), 'AAAAAAAAAAAAAAAAAAAAAAAA']) {
        const answer = await bed.api(
          'DELETE',
          `/api/v1/me/sessions/${id}`,
          undefined,
          mine.accessToken,
        );
        expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
      await expectLive(hers);
    });

    it('the others, and says how many', async () => {
      const [one, two, three] = [await logIn(), await logIn(), await logIn()];
      const answer = await bed.api('DELETE', '/api/v1/me/sessions', undefined, two.accessToken);
      expect(answer).toMatchObject({ status: 200, body: { ended: 2 } });
      await expectEnded(one);
      await expectEnded(three);
      await expectLive(two);
    });

    it('is for good: it is neither listed nor touched any more, as one that has expired', async () => {
      const rows = bed.app.get(SessionsService, { strict: false });
      const [ended, expired] = [await logIn(), await logIn()];
      const { sub: accountId = '' } = decodeJwt(ended.accessToken);
      const device = { device: 'any', address: 'any' };
      expect(await rows.list(accountId)).toHaveLength(2);
      await rows.end([sidOf(ended)], 'logout');
      expect(await rows.touch(db(), sidOf(ended), device)).toBeUndefined();
      expect((await rows.list(accountId)).map(({ id }) => id)).toEqual([sidOf(expired)]);
      expect(await rows.touch(db(), sidOf(expired), device)).toMatchObject(device);
      const days = 30 * 24 * 60 * 60;
      bed.clock.advance(days);
      const touched = await rows.touch(db(), sidOf(expired), device);
      const listed = await rows.list(accountId);
      bed.clock.advance(-days);
      expect(touched).toBeUndefined();
      expect(listed).toEqual([]);
    });

    it('takes what oidc-provider kept of it', async () => {
      const one = await logIn();
      const other = await logIn();
      const row = (model: string, members: object) => ({
        model,
        idHash: randomUUID(),
        payload: {},
        ...members,
      });
      await db()
        .insert(oidcPayloads)
        .values([
          row('RefreshToken', { sessionUid: sidOf(one) }),
          row('Session', { uid: sidOf(one) }),
          row('Interaction', { uid: sidOf(one) }),
          row('RefreshToken', { sessionUid: sidOf(other) }),
        ]);
      await bed.api('POST', '/api/v1/auth/logout', undefined, one.accessToken);
      const left = await db().select().from(oidcPayloads);
      expect(left).toHaveLength(2);
      expect(left).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ model: 'Interaction' }),
          expect.objectContaining({ model: 'RefreshToken', sessionUid: sidOf(other) }),
        ]),
      );
      await db().delete(oidcPayloads);
    });
  });
});
