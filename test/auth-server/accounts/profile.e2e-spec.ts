import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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

describe.each(STORAGES)('the profile on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const me = (token: string) => bed.api('GET', '/api/v1/me', undefined, token);
  const lastMail = async (address: string) => (await bed.inbox(address)).at(-1)!;
  const patch = (token: string, body: object) => bed.api('PATCH', '/api/v1/me', body, token);

  it('changes its name and username, and removes them', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const username = `me-${Date.now()}`;
    const changed = await patch(accessToken, { name: 'Ana', username });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Ana', username, email } });
    expect((await patch(accessToken, { name: null })).body).toMatchObject({
      name: null,
      username,
    });
    const other = await tokensOf(bed, await registered(bed));
    expect(await patch(other.accessToken, { username: username.toUpperCase() })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect((await patch(accessToken, { username: null })).body.username).toBeNull();
    expect((await patch(other.accessToken, { username })).status).toBe(200);
    expect((await patch(accessToken, { role: 'SYSTEM_ADMIN' })).status).toBe(400);
  });

  it('changes the address when the mailed link is opened, and notifies the old one', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const next = newAddress();
    expect((await patch(accessToken, { email: next })).status).toBe(400);
    const wrong = { email: next, currentPassword: OTHER_PASSWORD, name: 'Eve' };
    expect((await patch(accessToken, wrong)).body).toMatchObject({
      code: 'invalid_credentials',
      message: 'The current password is wrong.',
    });
    expect((await me(accessToken)).body.name).toBeNull();
    const asked = await patch(accessToken, { email: next, currentPassword: PASSWORD });
    expect(asked).toMatchObject({ status: 200, body: { email } });
    expect((await lastMail(email)).text).toContain(next);
    expect((await logIn(bed, next)).status).toBe(401);

    expect((await verifyEmail(bed, await bed.tokenMailedTo(next))).body.email).toBe(next);
    expect((await lastMail(email)).subject).toBe('Your email address was changed');
    expect((await logIn(bed, email)).status).toBe(401);
    expect((await logIn(bed, next)).status).toBe(200);
  });

  it('keeps the address if the password is reset before the new one is confirmed', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const next = newAddress();
    await patch(accessToken, { email: next, currentPassword: PASSWORD });
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const body = { token: await bed.tokenMailedTo(email), password: OTHER_PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/reset-password', body)).status).toBe(204);
    const link = await bed.tokenMailedTo(next);
    expect((await verifyEmail(bed, link)).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(200);
  });

  it('loses the links that went to the old address', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const next = newAddress();
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const token = await bed.tokenMailedTo(email);
    await patch(accessToken, { email: next, currentPassword: PASSWORD });
    await verifyEmail(bed, await bed.tokenMailedTo(next));
    const reset = { token, password: OTHER_PASSWORD };
    expect((await bed.api('POST', '/api/v1/auth/reset-password', reset)).status).toBe(410);
  });

  it('does not take the address of another account, and gives the same answer', async () => {
    const taken = await registered(bed);
    const { accessToken } = await tokensOf(bed, await registered(bed));
    const asked = await patch(accessToken, { email: taken, currentPassword: PASSWORD });
    expect(asked.status).toBe(200);
    const { subject, text } = await lastMail(taken);
    expect(subject).toBe('You already have an account');
    expect(text).toContain(`${bed.url}/forgot-password`);
    expect(text).not.toContain('token=');
  });

  describe('with limits', () => {
    let limited: PlatformBed;
    let accessToken: string;
    beforeAll(async () => {
      const environment = { RATE_LIMITS: 'on', REDIS_PREFIX: newAddress().slice(0, 38) };
      limited = await PlatformBed.start({ storage, environment });
    });
    beforeEach(async () => {
      ({ accessToken } = await tokensOf(limited, await registered(limited)));
    });
    afterAll(() => limited.close());

    const ask = (body: object) => limited.api('PATCH', '/api/v1/me', body, accessToken);
    const statusesOf = async (count: number, body: (at: number) => object) => {
      const statuses: number[] = [];
      for (let at = 0; at < count; at += 1) statuses.push((await ask(body(at))).status);
      return statuses;
    };

    it('mails ten new addresses an hour for an account, and changes other members after that', async () => {
      const [first, last] = [newAddress(), newAddress()];
      const statuses = await statusesOf(11, (at) => ({
        email: at === 0 ? first : at === 10 ? last : newAddress(),
        currentPassword: PASSWORD,
      }));
      expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
      expect(await limited.inbox(first)).toHaveLength(1);
      expect(await limited.inbox(last)).toEqual([]);
      expect((await ask({ name: 'Ana' })).status).toBe(200);
    });

    it('mails five times an hour to the same new address, and answers alike after that', async () => {
      const email = newAddress();
      const body = { email, currentPassword: PASSWORD };
      expect(await statusesOf(7, () => body)).toEqual(Array<number>(7).fill(200));
      expect(await limited.inbox(email)).toHaveLength(5);
    });

    it('tells ten times an hour if a username is taken', async () => {
      const statuses = await statusesOf(11, (at) => ({ username: `name-${Date.now()}-${at}` }));
      expect(statuses).toEqual([...Array<number>(10).fill(200), 429]);
    });
  });

  it('takes an address that another account registered and never confirmed', async () => {
    const { accessToken } = await tokensOf(bed, await registered(bed));
    const next = newAddress();
    await register(bed, next, OTHER_PASSWORD);
    const squatter = await bed.tokenMailedTo(next);
    await patch(accessToken, { email: next, currentPassword: PASSWORD });
    expect((await verifyEmail(bed, await bed.tokenMailedTo(next))).status).toBe(200);
    expect((await logIn(bed, next)).status).toBe(200);
    expect((await verifyEmail(bed, squatter)).body.code).toBe('link_invalid');
  });
});
