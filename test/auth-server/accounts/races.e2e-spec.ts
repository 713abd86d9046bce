import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import {
  logIn,
  newAddress,
  OTHER_PASSWORD,
  PASSWORD,
  register,
  registered,
  tally,
  tokensOf,
  verifyEmail,
} from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const HUNDRED = 100;

describe.each(STORAGES)('a hundred parallel requests on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  const accountsOf = (emailKey: string) =>
    bed.app
      .get(PlatformDatabase, { strict: false })
      .db.select()
      .from(accounts)
      .where(eq(accounts.emailKey, emailKey));

  it('register one address: all get the same answer, and there is one account', async () => {
    const email = newAddress();
    const tallied = await tally(HUNDRED, (index) =>
      register(bed, index % 2 === 0 ? email : email.toUpperCase()),
    );
    expect(tallied).toEqual({ 202: HUNDRED });
    expect(await accountsOf(email)).toHaveLength(1);
    expect(await bed.inbox(email)).toHaveLength(HUNDRED);
  });

  it('open links of one address: one confirms it, and no password is accepted', async () => {
    const email = newAddress();
    const passwords = Array.from(
      { length: 10 },
      (_, index) => `${PASSWORD} ${'abcdefghij'[index]}`,
    );
    const links: string[] = [];
    for (const password of passwords) {
      await register(bed, email, password);
      links.push(await bed.tokenMailedTo(email));
    }
    const tallied = await tally(HUNDRED, (index) => verifyEmail(bed, links[index % 10]!));
    expect(tallied).toEqual({ 200: 1, 410: HUNDRED - 1 });
    const subjects = (await bed.inbox(email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'Choose your password')).toHaveLength(1);
    for (const password of passwords.slice(0, 3)) {
      expect((await logIn(bed, email, password)).status).toBe(401);
    }
  });

  it('confirm with one link: one does', async () => {
    const email = newAddress();
    await register(bed, email);
    const token = await bed.tokenMailedTo(email);
    const tallied = await tally(HUNDRED, () => verifyEmail(bed, token));
    expect(tallied).toEqual({ 200: 1, 410: HUNDRED - 1 });
  });

  it('choose a password with one link: one succeeds, and its password is accepted', async () => {
    const email = await registered(bed);
    await bed.api('POST', '/api/v1/auth/forgot-password', { email });
    const token = await bed.tokenMailedTo(email);
    let winner = '';
    const tallied = await tally(HUNDRED, async (index) => {
      const password = `${OTHER_PASSWORD} ${index}`;
      const answer = await bed.api('POST', '/api/v1/auth/reset-password', { token, password });
      if (answer.status === 204) winner = password;
      return answer;
    });
    expect(tallied).toEqual({ 204: 1, 410: HUNDRED - 1 });
    expect((await logIn(bed, email, winner)).status).toBe(200);
  });

  it('request and open links without a deadlock', async () => {
    const email = newAddress();
    await register(bed, email);
    const token = await bed.tokenMailedTo(email);
    const tallied = await tally(HUNDRED, (index) => {
      if (index % 4 === 0) return register(bed, email);
      if (index % 4 === 1) return bed.api('POST', '/api/v1/auth/forgot-password', { email });
      if (index % 4 === 2) return bed.api('POST', '/api/v1/auth/resend-verification', { email });
      return verifyEmail(bed, token);
    });
    expect(Object.keys(tallied)).not.toContain('500');
    expect(tallied[202]).toBe(75);
  });

  it('take one username: one gets it', async () => {
    const username = `race-${Date.now()}`;
    const people = await Promise.all(
      Array.from({ length: 10 }, async () => tokensOf(bed, await registered(bed))),
    );
    const tallied = await tally(people.length, (index) =>
      bed.api('PATCH', '/api/v1/me', { username }, people[index]!.accessToken),
    );
    expect(tallied).toEqual({ 200: 1, 409: 9 });
  });

  it('confirm accounts with one username: all are made, and one has it', async () => {
    const username = `race-too-${Date.now()}`;
    const links: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      const email = newAddress();
      await register(bed, email, PASSWORD, { username });
      links.push(await bed.tokenMailedTo(email));
    }
    const answers = await Promise.all(links.map((token) => verifyEmail(bed, token)));
    expect(answers.map(({ status }) => status)).toEqual(links.map(() => 200));
    expect(answers.filter(({ body }) => body.username === username)).toHaveLength(1);
  });

  it('swap their addresses without a deadlock', async () => {
    const people = await Promise.all(
      [await registered(bed), await registered(bed)].map(async (email) => ({
        email,
        token: (await tokensOf(bed, email)).accessToken,
      })),
    );
    const tallied = await tally(40, (index) => {
      const [one, other] = [people[index % 2]!, people[(index + 1) % 2]!];
      const change = { email: other.email, currentPassword: PASSWORD };
      return bed.api('PATCH', '/api/v1/me', change, one.token);
    });
    expect(tallied).toEqual({ 200: 40 });
  });

  it('log in while the password is changed: no session with the old one is left', async () => {
    const email = await registered(bed);
    const { accessToken } = await tokensOf(bed, email);
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const logins = Array.from({ length: 30 }, () => logIn(bed, email));
    const changed = bed.api('POST', '/api/v1/auth/change-password', change, accessToken);
    const tokens = (await Promise.all(logins)).flatMap(({ status, body }) =>
      status === 200 ? [String(body.accessToken)] : [],
    );
    expect((await changed).status).toBe(204);
    for (const token of tokens) {
      expect((await bed.api('GET', '/api/v1/me', undefined, token)).status).toBe(401);
    }
  });
});
