import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eq } from 'drizzle-orm';
import { Anonymiser } from '../../../apps/auth-server/src/accounts/anonymiser.job.js';
import { RetentionJob } from '../../../apps/auth-server/src/operation/retention/retention-rules.js';
import { deviceAccounts } from '../../../apps/auth-server/src/sessions/devices/devices.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { eventsDuring } from '../events/event-log.js';
import { OTHER_PASSWORD, PASSWORD, tally } from '../support/people.js';
import { STORAGES } from '../support/platform-storage.js';
import { DeviceBed, type Login } from './device-bed.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('the devices of a person, on %s', (storage) => {
  let bed: DeviceBed;
  let email: string;
  let ana: string;
  let laptop: Login;
  let phone: Login;
  let laptopId: string;
  let phoneId: string;
  beforeAll(async () => {
    bed = await DeviceBed.start(storage);
  });
  beforeEach(async () => {
    ({ email, id: ana } = await bed.person());
    laptop = await bed.logIn(email);
    phone = await bed.logIn(email, { agent: 'okhttp/4.9.0' });
    [laptopId = '', phoneId = ''] = await bed.knownTo(ana);
  });
  afterAll(() => bed.close());

  const post = (path: string, body: object, token?: string) =>
    bed.platform.api('POST', `/api/v1/${path}`, body, token);
  const accepts = async ({ accessToken }: Login) =>
    (await bed.platform.api('GET', '/api/v1/me', undefined, accessToken)).status === 200;
  const forgottenIn = async (work: () => Promise<unknown>) =>
    (await eventsDuring(bed.platform, work)).filter(({ action }) => action === 'device.forgotten');
  const reset = async () => {
    await post('auth/forgot-password', { email });
    const token = await bed.platform.tokenMailedTo(email);
    return post('auth/reset-password', { token, password: PASSWORD });
  };

  it('are listed, the last used first, with their sessions', async () => {
    const later = await bed.logIn(email, { secret: phone.secret, agent: 'okhttp/4.9.0' });
    await post('auth/logout', {}, later.accessToken);
    const bruno = await bed.person();
    await bed.logIn(bruno.email, { secret: laptop.secret });
    await bed.logIn(email, { secret: laptop.secret });
    const { status, body } = await bed.list(phone.accessToken);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        expect.objectContaining({ id: laptopId, name: 'node', current: false, sessions: 2 }),
        {
          id: phoneId,
          name: 'okhttp',
          firstAt: expect.stringMatching(/Z$/),
          lastAt: expect.stringMatching(/Z$/),
          rememberedUntil: null,
          current: true,
          sessions: 1,
        },
      ],
      nextCursor: null,
    });
    expect((await bed.list(laptop.accessToken)).body.items[0].current).toBe(true);
    expect((await bed.platform.api('GET', '/api/v1/me/devices')).status).toBe(401);
  });

  it('are forgotten one by one: the sessions on it end, and others stay', async () => {
    const bruno = await bed.person();
    const other = await bed.logIn(bruno.email, { secret: phone.secret });
    const forgotten = await eventsDuring(bed.platform, async () => {
      expect((await bed.forget(laptop.accessToken, phoneId)).status).toBe(204);
    });
    expect(forgotten.map(({ action, subjectPart }) => [action, subjectPart])).toEqual([
      ['device.forgotten', { details: { because: 'ended_by_owner' }, ids: { device: phoneId } }],
      [
        'session.ended',
        { details: { because: 'ended_by_owner' }, ids: { session: phone.session } },
      ],
    ]);
    expect(await bed.knownTo(ana)).toEqual([laptopId]);
    expect([await accepts(laptop), await accepts(phone), await accepts(other)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await bed.knownTo(bruno.id)).toEqual([phoneId]);

    expect((await bed.forget(laptop.accessToken, phoneId)).status).toBe(404);
    const again = await eventsDuring(bed.platform, () =>
      bed.logIn(email, { secret: phone.secret }),
    );
    expect(again.map(({ action }) => action)).toContain('device.known');
    expect(await bed.knownTo(ana)).toEqual([laptopId, phoneId]);
  });

  it('are forgotten by their owner alone', async () => {
    const bruno = await bed.logIn((await bed.person()).email);
    const ids = [laptopId, randomUUID(), 'not-an-id', '%00', `${laptopId}'--`];
    const work = async () => {
      for (const id of ids) {
        const { status, body } = await bed.forget(bruno.accessToken, encodeURIComponent(id));
        expect([status, body.code]).toEqual([404, 'not_found']);
      }
    };
    expect(await eventsDuring(bed.platform, work)).toEqual([]);
    expect(await bed.knownTo(ana)).toEqual([laptopId, phoneId]);
    expect(await accepts(laptop)).toBe(true);
  });

  it('have routes in the description of the API', async () => {
    const { body } = await bed.platform.api('GET', '/docs/json');
    const { paths } = body as OpenAPIObject;
    expect(paths['/api/v1/me/devices']?.get?.summary).toBeDefined();
    expect(paths['/api/v1/me/devices/{id}']?.delete?.responses).toHaveProperty('404');
  });

  it('may be the one that asks', async () => {
    expect((await bed.forget(laptop.accessToken, laptopId)).status).toBe(204);
    expect([await accepts(laptop), await accepts(phone)]).toEqual([false, true]);
  });

  it('are forgotten by a change of the password, except the one that asks', async () => {
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const forgotten = await forgottenIn(async () => {
      const { status } = await post('auth/change-password', change, phone.accessToken);
      expect(status).toBe(204);
    });
    expect(forgotten.map(({ actor, subjectPart }) => [actor, subjectPart])).toEqual([
      [`account:${ana}`, { details: { because: 'password_changed' }, ids: { device: laptopId } }],
    ]);
    expect(await bed.knownTo(ana)).toEqual([phoneId]);
  });

  it('are all forgotten by a change from a session without a device', async () => {
    await bed.db.update(sessions).set({ deviceId: null }).where(eq(sessions.id, phone.session));
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    await post('auth/change-password', change, phone.accessToken);
    expect(await bed.knownTo(ana)).toEqual([]);
    expect(await accepts(phone)).toBe(true);
  });

  it('stay known where a change is refused', async () => {
    const change = { currentPassword: 'nonsense', newPassword: OTHER_PASSWORD };
    const { status } = await post('auth/change-password', change, phone.accessToken);
    expect(status).toBe(401);
    expect(await bed.knownTo(ana)).toEqual([laptopId, phoneId]);
  });

  it.each<[string, string, () => Promise<{ readonly status: number }>]>([
    ['a reset of the password', 'password_reset', reset],
    [
      'the deactivation of the account',
      'account_closed',
      () => post('me/deactivate', { currentPassword: PASSWORD }, phone.accessToken),
    ],
    [
      'the deletion of the account',
      'account_closed',
      () =>
        bed.platform.api('DELETE', '/api/v1/me', { currentPassword: PASSWORD }, phone.accessToken),
    ],
  ])('are all forgotten by %s', async (_what, because, end) => {
    const forgotten = await forgottenIn(async () => expect((await end()).status).toBe(204));
    expect(forgotten.map(({ subjectPart }) => subjectPart)).toEqual(
      expect.arrayContaining([
        { details: { because }, ids: { device: laptopId } },
        { details: { because }, ids: { device: phoneId } },
      ]),
    );
    expect(await bed.knownTo(ana)).toEqual([]);
  });

  it('do not block a change of the password that comes with sign-ins on them', async () => {
    const change = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const statuses = await tally(20, (index) => {
      if (index === 10) return post('auth/change-password', change, phone.accessToken);
      if (index === 11) return bed.forget(phone.accessToken, laptopId);
      return bed.answerTo(email, { secret: index % 2 === 0 ? laptop.secret : phone.secret });
    });
    // A sign-in after the change is refused, and the fifth one locks the account.
    const expected = new Set(['200', '204', '401', '404', '429']);
    expect(Object.keys(statuses).filter((status) => !expected.has(status))).toEqual([]);
    expect(statuses[204]).toBeGreaterThanOrEqual(1);
    const known = await bed.knownTo(ana);
    expect(known).toContain(phoneId);
    const rows = await bed.db.select().from(sessions).where(eq(sessions.accountId, ana));
    const live = rows.filter(({ endedAt }) => endedAt === null);
    expect(live.every(({ deviceId }) => known.includes(deviceId ?? ''))).toBe(true);
  });

  // The clock moves on from here.
  it('are erased with the account, and removed once no account knows them', async () => {
    const bruno = await bed.person();
    await bed.logIn(bruno.email, { secret: laptop.secret });
    const closed = { currentPassword: PASSWORD };
    const { status } = await bed.platform.api('DELETE', '/api/v1/me', closed, laptop.accessToken);
    expect(status).toBe(204);
    // As a restored backup would have it.
    const at = bed.platform.clock.now();
    const pair = { deviceId: phoneId, accountId: ana, firstAt: at, lastAt: at };
    await bed.db.insert(deviceAccounts).values(pair);
    bed.platform.clock.advance(31 * DAY);
    await bed.platform.app.get(Anonymiser, { strict: false }).run();
    expect(await bed.knownTo(ana)).toEqual([]);
    const rows = await bed.db.select().from(sessions).where(eq(sessions.accountId, ana));
    expect(rows.map(({ deviceId }) => deviceId)).toEqual(rows.map(() => null));
    await bed.platform.app.get(RetentionJob, { strict: false }).run();
    const left = (await bed.devices()).map(({ id }) => id);
    expect(left).toContain(laptopId);
    expect(left).not.toContain(phoneId);
  });

  it('are removed after 400 days without a sign-in', async () => {
    const bruno = await bed.person();
    const job = bed.platform.app.get(RetentionJob, { strict: false });
    bed.platform.clock.advance(399 * DAY);
    await bed.logIn(bruno.email, { secret: phone.secret });
    await job.run();
    expect(await bed.knownTo(ana)).toEqual([laptopId, phoneId]);
    bed.platform.clock.advance(2 * DAY);
    await job.run();
    expect(await bed.knownTo(ana)).toEqual([]);
    expect(await bed.knownTo(bruno.id)).toEqual([phoneId]);
    const left = (await bed.devices()).map(({ id }) => id);
    expect(left).toContain(phoneId);
    expect(left).not.toContain(laptopId);
  });

  it('are not removed before a sign-in that makes them known has ended', async () => {
    const job = bed.platform.app.get(RetentionJob, { strict: false });
    await bed.db.delete(deviceAccounts).where(eq(deviceAccounts.deviceId, laptopId));
    await job.run();
    expect((await bed.devices()).map(({ id }) => id)).toContain(laptopId);
    bed.platform.clock.advance(301);
    await job.run();
    expect((await bed.devices()).map(({ id }) => id)).not.toContain(laptopId);
    expect(await bed.deviceOf(laptop.session)).toBeNull();
  });
});
