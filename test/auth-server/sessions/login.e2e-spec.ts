import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  type AccountRow,
  accounts,
} from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { refreshTokens, sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { PasswordVerifierService } from '../../../apps/auth-server/src/sign-in/login/password-verifier.service.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { madeAccount, PASSWORD } from './account.js';

describe.each(STORAGES)('a login on %s', (storage) => {
  let bed: PlatformBed;
  let email: string;
  let ana: AccountRow;

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  beforeEach(async () => {
    email = `${randomUUID()}@example.com`;
    ana = await madeAccount(bed.app, email);
  });

  const db = () => bed.app.get(PlatformDatabase, { strict: false }).db;
  const logIn = async () => {
    const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const list = (token: string) => bed.api('GET', '/api/v1/me/sessions', undefined, token);

  it('gives tokens that the API believes', async () => {
    const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^prt_[\w-]{43}$/),
    });
    expect((await list(answer.body.accessToken)).status).toBe(200);
  });

  it('gives an access token after RFC 9068', async () => {
    const { accessToken } = await logIn();
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const claims = decodeJwt(accessToken);
    expect(claims).toMatchObject({
      iss: bed.url,
      aud: `${bed.url}/api`,
      client_id: 'patronus',
      sub: ana.id,
      sid: expect.stringMatching(/^[\w-]{22,}$/),
      jti: expect.any(String),
      auth_time: claims.iat,
      amr: ['pwd'],
      platform_roles: ['END_USER'],
      email,
      email_verified: true,
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(900);
  });

  it.each(['email', 'username', 'identifier'])('takes %s for the name', async (member) => {
    const username = `ana-${randomUUID().slice(0, 8)}`;
    await db()
      .update(accounts)
      .set({ username, usernameKey: username })
      .where(eq(accounts.id, ana.id));
    const name = member === 'username' ? username : email;
    const body = { [member]: name, password: PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/login', body)).status).toBe(200);
  });

  it.each([
    { password: PASSWORD },
    { email: 'a@example.com', username: 'ana', password: PASSWORD },
    { email: 'a@example.com' },
    { email: 'a@example.com', password: PASSWORD, role: 'SYSTEM_ADMIN' },
    { email: ['a@example.com'], password: PASSWORD },
  ])('refuses %j', async (body) => {
    const answer = await bed.api('POST', '/api/v1/auth/login', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  });

  it('is refused for a wrong password, and leaves no session', async () => {
    const body = { email, password: `${PASSWORD}!` };
    const answer = await bed.api('POST', '/api/v1/auth/login', body);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(await db().$count(sessions, eq(sessions.accountId, ana.id))).toBe(0);
  });

  it('is refused where the password was changed while it was verified', async () => {
    const passwords = bed.app.get(PasswordVerifierService, { strict: false });
    const verified = jest.spyOn(passwords, 'verify').mockImplementation(async () => {
      await db().update(accounts).set({ securityVersion: 2 }).where(eq(accounts.id, ana.id));
      return { account: ana, proof: { method: 'pwd', at: new Date(), securityVersion: 1 } };
    });
    const answer = await bed.api('POST', '/api/v1/auth/login', { email, password: PASSWORD });
    verified.mockRestore();
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(await db().$count(sessions, eq(sessions.accountId, ana.id))).toBe(0);
  });

  it.each(['/api/token', '/api/token/'])('is %s for those who ask /api/me', async (path) => {
    const { status, body } = await bed.api('POST', path, { username: email, password: PASSWORD });
    expect(status).toBe(200);
    expect(body).toEqual({
      access: body.access_token,
      refresh: body.refresh_token,
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^prt_/),
    });
    expect((await list(body.access)).status).toBe(200);
  });

  it('keeps no token as it is', async () => {
    const tokens = await logIn();
    const kept = JSON.stringify([
      await db().select().from(refreshTokens),
      await db().select().from(sessions),
    ]);
    expect(kept).not.toContain(tokens.refreshToken);
    expect(kept).not.toContain(tokens.accessToken);
  });
});
