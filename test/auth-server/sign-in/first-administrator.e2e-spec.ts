import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { FirstAdministratorService } from '../../../apps/auth-server/src/sign-in/setup/first-administrator.service.js';
import { readEmailAddress } from '../../../apps/auth-server/src/accounts/identifiers.js';
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

describe.each(STORAGES)('the first administrator on %s', (storage) => {
  let bed: PlatformBed;
  let first: FirstAdministratorService;
  beforeEach(async () => {
    bed = await PlatformBed.start({ storage });
    first = bed.app.get(FirstAdministratorService, { strict: false });
  });
  afterEach(() => bed.close());

  const newLink = async () => {
    const link = await first.link();
    expect(link).toMatch(new RegExp(`^${bed.url}/setup\\?token=pot_[\\w-]{43}$`));
    return new URL(link!).searchParams.get('token')!;
  };
  const create = (token: string, email: string, password = PASSWORD) =>
    first.create(token, { email: readEmailAddress(email)!, password });
  const roleOf = async (email: string) => {
    const { accessToken } = await tokensOf(bed, email);
    return (await bed.api('GET', '/api/v1/me', undefined, accessToken)).body.role;
  };

  it('is made by one link, once, and no link is given out after that', async () => {
    const token = await newLink();
    expect(await newLink()).toBe(token);
    const email = newAddress();
    await expect(create(token, email, 'password1234567')).rejects.toMatchObject({
      code: 'password_rejected',
    });
    await create(token, email);
    expect(await roleOf(email)).toBe('SYSTEM_ADMIN');
    await expect(create(token, newAddress())).rejects.toMatchObject({ code: 'link_invalid' });
    expect(await first.link()).toBeUndefined();
  });

  it('is one, of a hundred who open the link, and of two instances that gave out one each', async () => {
    const [one, other] = (await Promise.all([first.link(), first.link()])).map((link) =>
      new URL(link!).searchParams.get('token')!,
    );
    const people = Array.from({ length: 100 }, () => newAddress());
    const made = await Promise.allSettled(
      people.map((email, index) => create(index % 2 === 0 ? one! : other!, email)),
    );
    const winners = people.filter((_, index) => made[index]!.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(await roleOf(winners[0]!)).toBe('SYSTEM_ADMIN');
    expect(
      new Set(made.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))),
    ).toEqual(new Set(['link_invalid']));
    expect(
      (
        await logIn(
          bed,
          people.find((email) => email !== winners[0])!,
        )
      ).status,
    ).toBe(401);
  });

  it('is not made by a link of an hour ago, nor by one of another kind', async () => {
    const token = await newLink();
    const email = newAddress();
    await register(bed, email);
    const mailed = await bed.tokenMailedTo(email);
    await expect(create(mailed, email)).rejects.toMatchObject({ code: 'link_invalid' });
    bed.clock.advance(60 * 60);
    await expect(create(token, email)).rejects.toMatchObject({ code: 'link_invalid' });
    const next = await newLink();
    expect(next).not.toBe(token);
    await create(next, newAddress());
  });

  it('is made by the link that a second instance has given out, too', async () => {
    const token = await newLink();
    const second = await PlatformBed.start({ on: bed.storage, clock: bed.clock });
    const link = await second.app.get(FirstAdministratorService, { strict: false }).link();
    await second.stop();
    expect(new URL(link!).searchParams.get('token')).toBe(token);
    await create(token, newAddress());
  });

  it('is not found in the table: its link is encrypted there', async () => {
    const token = await newLink();
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const rows = await db.execute(sql`select * from one_time_tokens`);
    expect(JSON.stringify(rows)).toContain('sealed');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('is a person who has an account, and proves its password; otherwise the link stays good', async () => {
    const token = await newLink();
    const email = await registered(bed, { name: 'Ana' });
    const wrong = { code: 'invalid_credentials' };
    await expect(create(token, email, OTHER_PASSWORD)).rejects.toMatchObject(wrong);
    expect(await roleOf(email)).toBe('END_USER');
    await create(token, email);
    expect(await roleOf(email)).toBe('SYSTEM_ADMIN');
    const { accessToken } = await tokensOf(bed, email);
    const { body } = await bed.api('GET', '/api/v1/me', undefined, accessToken);
    expect(body.name).toBe('Ana');
    await expect(create(token, newAddress())).rejects.toMatchObject({ code: 'link_invalid' });
  });

  it('is not a person whose account is locked or closed', async () => {
    const token = await newLink();
    const closed = await registered(bed);
    const { accessToken } = await tokensOf(bed, closed);
    const password = { currentPassword: PASSWORD };
    await bed.api('POST', '/api/v1/me/deactivate', password, accessToken);
    const refused = { code: 'invalid_credentials' };
    await expect(create(token, closed)).rejects.toMatchObject(refused);
    const email = await registered(bed);
    for (let guess = 0; guess < 5; guess += 1) {
      await expect(create(token, email, OTHER_PASSWORD)).rejects.toMatchObject(refused);
    }
    await expect(create(token, email)).rejects.toMatchObject({ code: 'account_locked' });
    expect(await first.link()).toBeDefined();
  });

  it('is one, of ten people with accounts who open the link at once', async () => {
    const token = await newLink();
    const people = await Promise.all(Array.from({ length: 10 }, () => registered(bed)));
    const made = await Promise.allSettled(people.map((email) => create(token, email)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('removes access of earlier registrations of the address', async () => {
    const token = await newLink();
    const email = newAddress();
    await register(bed, email, OTHER_PASSWORD);
    const squatters = await bed.tokenMailedTo(email);
    await create(token, email);
    expect((await verifyEmail(bed, squatters)).body.code).toBe('link_invalid');
    expect((await logIn(bed, email, OTHER_PASSWORD)).status).toBe(401);
    expect(await roleOf(email)).toBe('SYSTEM_ADMIN');
  });
});
