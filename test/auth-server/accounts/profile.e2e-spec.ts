import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

  it('limits requests to five an hour for each new address', async () => {
    const limited = await PlatformBed.start({ storage, environment: { RATE_LIMITS: 'on' } });
    const ask = (body: object) => limited.api('PATCH', '/api/v1/me', body);
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) {
      const { status } = await ask({ email: 'next@example.com', currentPassword: PASSWORD });
      statuses.push(status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await ask({ name: 'Ana' })).status).toBe(401);
    await limited.close();
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
