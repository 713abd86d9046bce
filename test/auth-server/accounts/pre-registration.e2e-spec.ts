import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { oneTimeTokens } from '../../../apps/auth-server/src/sign-in/sign-in.table.js';
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

const ATTACKERS = OTHER_PASSWORD;

describe.each(STORAGES)('registering the address of another on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const mailedLink = (email: string) => bed.tokenMailedTo(email);
  const accountOf = async (emailKey: string) => {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const [account] = await db.select().from(accounts).where(eq(accounts.emailKey, emailKey));
    return account;
  };
  const resend = (email: string) => bed.api('POST', '/api/v1/auth/resend-verification', { email });
  const reset = (token: string, password: string) =>
    bed.api('POST', '/api/v1/auth/reset-password', { token, password });

  it('allows no login before the link is opened', async () => {
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
  ])('takes no password where several registered: the %s link mails another', async (_, first) => {
    const email = newAddress();
    await register(bed, email, ATTACKERS, { name: 'Eve', username: `eve-${Date.now()}` });
    const one = await mailedLink(email);
    await register(bed, email, PASSWORD, { name: 'Ana' });
    const other = await mailedLink(email);
    const [opened, left] = first ? [one, other] : [other, one];

    const answer = await verifyEmail(bed, opened);
    expect(answer).toMatchObject({
      status: 200,
      body: { email, username: null, next: 'choose_password' },
    });
    expect((await verifyEmail(bed, left)).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, ATTACKERS)).status).toBe(401);
    expect((await logIn(bed, email, PASSWORD)).status).toBe(401);

    expect((await bed.inbox(email)).at(-1)?.subject).toBe('Choose your password');
    const chosen = 'seven lanterns drift past the quiet mill';
    expect((await reset(await mailedLink(email), chosen)).status).toBe(204);
    const { accessToken } = await tokensOf(bed, email, chosen);
    const { body } = await bed.api('GET', '/api/v1/me', undefined, accessToken);
    expect(body).toMatchObject({ name: null, username: null });
  });

  it('says on the page that a password is to be chosen', async () => {
    const email = newAddress();
    await register(bed, email, ATTACKERS);
    await register(bed, email, PASSWORD);
    const token = await mailedLink(email);
    const answer = await fetch(`${bed.url}/verify-email`, {
      method: 'POST',
      headers: { origin: bed.url },
      body: new URLSearchParams({ token }),
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Choose a password next');
  });

  it('stores the spelling of the opened link, not that of another registration', async () => {
    const email = newAddress();
    await register(bed, email.toUpperCase(), ATTACKERS);
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    await db.update(oneTimeTokens).set({ expiresAt: bed.clock.now() });
    await register(bed, email, PASSWORD);
    expect((await verifyEmail(bed, await mailedLink(email))).body).toMatchObject({
      email,
      next: 'log_in',
    });
  });

  it('never takes the address from its owner after repeated registrations', async () => {
    const email = newAddress();
    await register(bed, email, PASSWORD);
    const owners = await mailedLink(email);
    for (let index = 0; index < 5; index += 1) await register(bed, email, ATTACKERS);
    expect((await verifyEmail(bed, owners)).body.next).toBe('choose_password');
    expect((await reset(await mailedLink(email), PASSWORD)).status).toBe(204);
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
    const before = await accountOf(email);
    bed.clock.advance(1);
    expect((await register(bed, email.toUpperCase(), ATTACKERS, { name: 'Eve' })).status).toBe(202);
    expect((await bed.inbox(email)).at(-1)?.subject).toBe('You already have an account');
    expect(await accountOf(email)).toEqual(before);
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
