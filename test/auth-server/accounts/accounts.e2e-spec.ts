import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Credential } from '@patronus/nestjs';
import { authApi } from '@patronus/nestjs/auth-api';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tokensOf,
  verifyEmail,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

describe.each(STORAGES)('accounts on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const me = (token: string) => bed.api('GET', '/api/v1/me', undefined, token);
  const lastMail = async (address: string) => (await bed.inbox(address)).at(-1)!;

  describe('registering', () => {
    it('makes an account that logs in once its address is confirmed, in any case, and by username', async () => {
      const email = newAddress();
      const username = `Ana.${Date.now()}`;
      const answer = await register(bed, email, PASSWORD, { username, name: 'Ana Ruiz' });
      expect(answer).toMatchObject({ status: 202, body: '' });
      expect((await logIn(bed, email)).status).toBe(401);

      const verified = await verifyEmail(bed, await bed.tokenMailedTo(email));
      expect(verified).toMatchObject({ status: 200, body: { email, username } });
      for (const name of [email, email.toUpperCase(), ` ${email} `]) {
        expect((await logIn(bed, name)).status).toBe(200);
      }
      const login = { username: username.toUpperCase(), password: PASSWORD };
      const { body } = await bed.api('POST', '/api/v1/auth/login', login);
      expect((await me(body.accessToken)).body).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        email,
        emailVerified: true,
        username,
        name: 'Ana Ruiz',
        role: 'END_USER',
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    });

    it.each([
      [{ email: 'no address' }, 'email'],
      [{ username: 'a@b.example' }, 'username'],
      [{ username: 'ab' }, 'username'],
      [{ name: 'a\u0000b' }, 'name'],
      [{ role: 'SYSTEM_ADMIN' }, ''],
    ])('refuses %j', async (wrong, path) => {
      const body = { email: newAddress(), password: PASSWORD, ...wrong };
      const answer = await bed.api('POST', '/api/v1/auth/register', body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
      expect(answer.body.details.issues[0].path).toBe(path);
    });

    it('explains why it refuses a password, and mails nothing', async () => {
      const email = newAddress();
      const answer = await register(bed, email, 'password1234567');
      expect(answer).toMatchObject({ status: 422, body: { code: 'password_rejected' } });
      expect(answer.body.details.reasons.length).toBeGreaterThan(0);
      expect(JSON.stringify(answer.body)).not.toContain('password1234567');
      expect(await bed.inbox(email)).toEqual([]);
    });

    it('takes no username of another account, reports that only by mail, and gives it to the first who confirms', async () => {
      const username = `first-${Date.now()}`;
      const [one, other, third] = [newAddress(), newAddress(), newAddress()];
      for (const email of [one, other]) {
        expect((await register(bed, email, PASSWORD, { username })).status).toBe(202);
      }
      expect((await lastMail(other)).text).not.toContain('is taken');
      expect((await verifyEmail(bed, await bed.tokenMailedTo(one))).body.username).toBe(username);
      expect((await verifyEmail(bed, await bed.tokenMailedTo(other))).body).toMatchObject({
        email: other,
        username: null,
      });
      const shouted = username.toUpperCase();
      expect((await register(bed, third, PASSWORD, { username: shouted })).status).toBe(202);
      const { text } = await lastMail(third);
      expect(text).toContain('The username that was requested is already taken');
      expect(text).not.toContain(shouted);
    });

    it('keeps the password that was registered when the link is mailed again', async () => {
      const email = newAddress();
      await register(bed, email);
      await bed.api('POST', '/api/v1/auth/resend-verification', { email });
      expect((await verifyEmail(bed, await bed.tokenMailedTo(email))).status).toBe(200);
      expect((await logIn(bed, email)).status).toBe(200);
    });
  });

  describe('a new password', () => {
    it('ends the other sessions, and notifies the owner by mail', async () => {
      const email = await registered(bed);
      const mine = await tokensOf(bed, email);
      const other = await tokensOf(bed, email);
      const body = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
      const change = () => bed.api('POST', '/api/v1/auth/change-password', body, mine.accessToken);
      expect((await change()).status).toBe(204);
      expect((await me(mine.accessToken)).status).toBe(200);
      expect((await me(other.accessToken)).body.code).toBe('token_revoked');
      expect((await logIn(bed, email)).status).toBe(401);
      expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
      expect((await lastMail(email)).subject).toBe('Your password was changed');
      expect((await change()).body.code).toBe('invalid_credentials');
    });

    it('requires a token', async () => {
      const body = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
      expect((await bed.api('POST', '/api/v1/auth/change-password', body)).status).toBe(401);
    });

    it('is chosen with a mailed link, and ends every session and every other link', async () => {
      const email = await registered(bed);
      const session = await tokensOf(bed, email);
      const forgot = () => bed.api('POST', '/api/v1/auth/forgot-password', { email });
      await forgot();
      const older = await bed.tokenMailedTo(email);
      expect((await forgot()).status).toBe(202);
      const token = await bed.tokenMailedTo(email);
      const reset = (password: string, link = token) =>
        bed.api('POST', '/api/v1/auth/reset-password', { token: link, password });

      expect((await verifyEmail(bed, token)).body.code).toBe('link_invalid');
      expect((await reset('password1234567')).body.code).toBe('password_rejected');
      expect((await reset(OTHER_PASSWORD)).status).toBe(204);
      for (const link of [token, older]) {
        expect((await reset(OTHER_PASSWORD, link)).body.code).toBe('link_invalid');
      }
      expect((await me(session.accessToken)).body.code).toBe('token_revoked');
      expect((await logIn(bed, email)).status).toBe(401);
      expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
      expect((await lastMail(email)).subject).toBe('Your password was changed');
    });

    it('confirms the address that the link was mailed to', async () => {
      const email = newAddress();
      await register(bed, email);
      const registration = await bed.tokenMailedTo(email);
      await bed.api('POST', '/api/v1/auth/forgot-password', { email });
      const body = { token: await bed.tokenMailedTo(email), password: OTHER_PASSWORD };
      await bed.api('POST', '/api/v1/auth/reset-password', body);
      expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
      expect((await verifyEmail(bed, registration)).body.code).toBe('link_invalid');
    });
  });

  describe('the caller of a token', () => {
    const ask = (token: string) => {
      const provider = authApi({ url: bed.url });
      const credential: Credential = { scheme: 'bearer', token };
      return provider.authenticate(credential);
    };

    it('is read by the library', async () => {
      const email = await registered(bed, { name: 'Ana Ruiz' });
      const { accessToken } = await tokensOf(bed, email);
      for (const path of ['/api/me', '/api/me/']) {
        const { body } = await bed.api('GET', path, undefined, accessToken);
        expect(body).toMatchObject({
          email,
          role: 'END_USER',
          platform_roles: ['END_USER'],
          name: 'Ana Ruiz',
          emailVerified: true,
        });
      }
      expect(await ask(accessToken)).toMatchObject({
        id: (await me(accessToken)).body.id,
        email,
        emailVerified: true,
        name: 'Ana Ruiz',
        roles: [],
        platformRoles: ['END_USER'],
      });
    });

    it('is refused if the token is invalid or its account is closed', async () => {
      const { accessToken } = await tokensOf(bed, await registered(bed));
      await expect(ask(`${accessToken}x`)).rejects.toMatchObject({ code: 'token_invalid' });
      await bed.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, accessToken);
      await expect(ask(accessToken)).rejects.toMatchObject({ status: 401 });
    });
  });

  // The last: afterwards the platform's clock is ahead of the guards'.
  describe('links', () => {
    it('expire after an hour if they reset a password', async () => {
      const email = await registered(bed);
      await bed.api('POST', '/api/v1/auth/forgot-password', { email });
      const token = await bed.tokenMailedTo(email);
      bed.clock.advance(60 * 60);
      const body = { token, password: OTHER_PASSWORD };
      const answer = await bed.api('POST', '/api/v1/auth/reset-password', body);
      expect(answer).toMatchObject({ status: 410, body: { code: 'link_invalid' } });
    });

    it('expire after a day if they confirm an address; a newer one withdraws earlier ones', async () => {
      const email = newAddress();
      await register(bed, email);
      const first = await bed.tokenMailedTo(email);
      await bed.api('POST', '/api/v1/auth/resend-verification', { email });
      const second = await bed.tokenMailedTo(email);
      expect((await verifyEmail(bed, first)).body.code).toBe('link_invalid');
      bed.clock.advance(24 * 60 * 60);
      expect((await verifyEmail(bed, second)).body.code).toBe('link_invalid');
      await register(bed, email);
      expect((await verifyEmail(bed, await bed.tokenMailedTo(email))).status).toBe(200);
      expect((await logIn(bed, email)).status).toBe(200);
    });
  });
});
