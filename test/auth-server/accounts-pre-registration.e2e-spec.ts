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
} from './accounts-people.js';
import { PlatformBed } from './platform-bed.js';
import { STORAGES } from './platform-storage.js';

const ATTACKERS = OTHER_PASSWORD;

describe.each(STORAGES)('registering the address of another on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const mailedLink = (email: string) => bed.tokenMailedTo(email);
  const resend = (email: string) => bed.api('POST', '/api/v1/auth/resend-verification', { email });
  const reset = (token: string, password: string) =>
    bed.api('POST', '/api/v1/auth/reset-password', { token, password });

  it('lets nobody in before the link is opened', async () => {
    const email = newAddress();
    await register(bed, email, ATTACKERS);
    expect(await logIn(bed, email, ATTACKERS)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
  });

  it.each([
    ['first', true],
    ['later', false],
  ])('gives the account the password of the link that was opened, the %s one', async (_, first) => {
    const email = newAddress();
    await register(bed, email, ATTACKERS, { name: 'Eve', username: `eve-${Date.now()}` });
    const one = await mailedLink(email);
    await register(bed, email, PASSWORD, { name: 'Ana' });
    const other = await mailedLink(email);
    const [opened, left] = first ? [one, other] : [other, one];
    const [theirs, lost] = first ? [ATTACKERS, PASSWORD] : [PASSWORD, ATTACKERS];

    expect((await verifyEmail(bed, opened)).status).toBe(200);
    expect((await verifyEmail(bed, left)).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, lost)).status).toBe(401);
    const { accessToken } = await tokensOf(bed, email, theirs);
    const { body } = await bed.api('GET', '/api/v1/me', undefined, accessToken);
    expect(body.name).toBe(first ? 'Eve' : 'Ana');
    expect(typeof body.username).toBe(first ? 'string' : 'object');
  });

  it('withdraws no link of the owner', async () => {
    const email = newAddress();
    await register(bed, email, PASSWORD);
    const owners = await mailedLink(email);
    for (let index = 0; index < 5; index += 1) await register(bed, email, ATTACKERS);
    expect((await verifyEmail(bed, owners)).status).toBe(200);
    expect((await logIn(bed, email, PASSWORD)).status).toBe(200);
  });

  it('makes an owner who asks for the link again choose a password', async () => {
    const email = newAddress();
    await register(bed, email, PASSWORD);
    await register(bed, email, ATTACKERS);
    const attackers = await mailedLink(email);
    await resend(email);
    expect((await bed.inbox(email)).at(-1)?.text).toContain('/reset-password?token=');
    expect((await reset(await mailedLink(email), PASSWORD)).status).toBe(204);
    expect((await verifyEmail(bed, attackers)).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, ATTACKERS)).status).toBe(401);
    expect((await logIn(bed, email, PASSWORD)).status).toBe(200);
  });

  it('changes nothing about an account that is confirmed', async () => {
    const email = await registered(bed, { name: 'Ana' });
    expect((await register(bed, email.toUpperCase(), ATTACKERS, { name: 'Eve' })).status).toBe(202);
    expect((await bed.inbox(email)).at(-1)?.subject).toBe('You already have an account');
    expect((await verifyEmail(bed, await mailedLink(email))).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, ATTACKERS)).status).toBe(401);
    const { accessToken } = await tokensOf(bed, email);
    expect((await bed.api('GET', '/api/v1/me', undefined, accessToken)).body.name).toBe('Ana');
  });

  it('takes no username before the link is opened', async () => {
    const username = `wanted-${Date.now()}`;
    await register(bed, newAddress(), ATTACKERS, { username });
    const email = newAddress();
    await register(bed, email, PASSWORD, { username });
    expect((await verifyEmail(bed, await mailedLink(email))).body.username).toBe(username);
  });
});
