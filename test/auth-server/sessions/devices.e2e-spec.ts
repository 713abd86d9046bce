import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { eq } from 'drizzle-orm';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { FactorPolicies } from '../../../apps/auth-server/src/credentials/factor-policies.js';
import { Events } from '../../../apps/auth-server/src/events/events.service.js';
import {
  hashOpaqueToken,
  newOpaqueToken,
} from '../../../apps/auth-server/src/operation/crypto/opaque-tokens.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { deviceAccounts } from '../../../apps/auth-server/src/sessions/devices/devices.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { SignInService } from '../../../apps/auth-server/src/sign-in/sign-in.service.js';
import { eventsDuring, eventsOf } from '../events/event-log.js';
import { asOwner } from '../support/as-owner.js';
import { OTHER_PASSWORD, PASSWORD } from '../support/people.js';
import { STORAGES } from '../support/platform-storage.js';
import { DeviceBed } from './device-bed.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const ORIGIN = 'https://app.example.com';

describe.each(STORAGES)('a device that signs in at the API, on %s', (storage) => {
  let bed: DeviceBed;
  let email: string;
  let ana: string;
  beforeAll(async () => {
    bed = await DeviceBed.start(storage);
  });
  beforeEach(async () => {
    ({ email, id: ana } = await bed.person());
  });
  afterAll(() => bed.close());

  it('gets a secret, of which only the hash is kept', async () => {
    const { secret, session } = await bed.logIn(email, { agent: FIREFOX });
    expect(secret).toMatch(/^pdv_[\w-]{43}$/);
    const [id] = await bed.knownTo(ana);
    const all = await bed.devices();
    expect(all.find((device) => device.id === id)).toEqual({
      id,
      secretHash: hashOpaqueToken(secret),
      name: 'Firefox on Linux',
      createdAt: expect.any(Date),
      lastSeenAt: expect.any(Date),
    });
    expect(await bed.deviceOf(session)).toBe(id);
    const kept = [all, await bed.db.select().from(sessions), await eventsOf(bed.platform)];
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  it('is the same device with its secret, at every login', async () => {
    const first = await bed.logIn(email, { agent: 'curl/8.0' });
    const between = bed.platform.clock.now();
    const second = await bed.logIn(email, { secret: first.secret, agent: FIREFOX });
    const token = await bed.platform.api(
      'POST',
      '/api/token',
      { email, password: PASSWORD },
      undefined,
      { 'x-device-id': first.secret },
    );
    expect(token.headers.get('x-device-id')).toBe(first.secret);
    expect(second.secret).toBe(first.secret);
    const known = await bed.knownTo(ana);
    expect(known).toHaveLength(1);
    expect(await bed.deviceOf(second.session)).toBe(known[0]);
    const [pair] = await bed.db
      .select()
      .from(deviceAccounts)
      .where(eq(deviceAccounts.accountId, ana));
    const { firstAt, lastAt, rememberedUntil } = pair!;
    expect(firstAt.getTime()).toBeLessThanOrEqual(between.getTime());
    expect(lastAt.getTime()).toBeGreaterThanOrEqual(between.getTime());
    expect(rememberedUntil).toBeNull();
    expect((await bed.devices()).find(({ id }) => id === known[0])).toMatchObject({
      createdAt: firstAt,
      lastSeenAt: lastAt,
      name: 'node',
    });
  });

  it.each([
    ['unknown', newOpaqueToken('pdv')],
    ['of another kind', newOpaqueToken('prt')],
    ['an id', randomUUID()],
    ['too long', `pdv_${randomBytes(3000).toString('base64url')}`],
    ["of SQL: '; --", "pdv_'; --"],
  ])('is a new one with a value that is %s', async (_what, value) => {
    const { secret: known } = await bed.logIn(email);
    const { secret } = await bed.logIn(email, { secret: value });
    expect(secret).toMatch(/^pdv_[\w-]{43}$/);
    expect([known, value]).not.toContain(secret);
    expect(await bed.knownTo(ana)).toHaveLength(2);
    expect((await bed.devices()).map(({ secretHash }) => secretHash)).not.toContain(
      hashOpaqueToken(value),
    );
  });

  it('gets nothing and is not seen where the sign-in is refused', async () => {
    const { secret } = await bed.logIn(email);
    const before = await bed.devices();
    let isFactorNeeded = false;
    const policies = bed.platform.app.get(FactorPolicies, { strict: false });
    policies.register(() => (isFactorNeeded ? ['totp'] : undefined));
    const wrong = [
      await bed.answerTo(email, { password: OTHER_PASSWORD }),
      await bed.answerTo(email, { password: OTHER_PASSWORD, secret }),
    ];
    isFactorNeeded = true;
    wrong.push(await bed.answerTo(email, { secret }));
    isFactorNeeded = false;
    for (const { status, headers } of wrong) {
      expect(status).toBe(401);
      expect(headers.get('x-device-id')).toBeNull();
    }
    expect(await bed.devices()).toEqual(before);
  });

  it('gets nothing and is not known where the transaction fails', async () => {
    const events = bed.platform.app.get(Events, { strict: false });
    const record = jest.spyOn(events, 'record').mockRejectedValueOnce(new Error('out of order'));
    const { status, headers } = await bed.answerTo(email);
    record.mockRestore();
    expect(status).toBe(500);
    expect(headers.get('x-device-id')).toBeNull();
    expect(await bed.knownTo(ana)).toEqual([]);
  });

  it('is none without a request', async () => {
    const signIn = bed.platform.app.get(SignInService, { strict: false });
    const [account] = await bed.db.select().from(accounts).where(eq(accounts.id, ana));
    const { securityVersion } = account!;
    const proof = { method: 'pwd' as const, at: bed.platform.clock.now(), securityVersion };
    const device = { device: 'a test', address: '127.0.0.1' };
    const { session } = await signIn.complete(account!, [proof], device);
    expect(await bed.deviceOf(session.id)).toBeNull();
    expect(await bed.knownTo(ana)).toEqual([]);
  });

  it('is one device of several accounts, and each knows it by itself', async () => {
    const bruno = await bed.person();
    const { secret } = await bed.logIn(email);
    const other = await bed.logIn(bruno.email, { secret });
    expect(other.secret).toBe(secret);
    expect(await bed.knownTo(ana)).toEqual(await bed.knownTo(bruno.id));
  });

  it('is one device, known once, however many sign-ins come at once', async () => {
    const { secret } = await bed.logIn(email);
    const [device] = await bed.knownTo(ana);
    const bruno = await bed.person();
    const before = (await bed.devices()).length;
    const recorded = await eventsDuring(bed.platform, async () => {
      const all = await Promise.all(
        Array.from({ length: 100 }, () => bed.logIn(bruno.email, { secret })),
      );
      expect(new Set(all.map((login) => login.secret))).toEqual(new Set([secret]));
    });
    expect(await bed.devices()).toHaveLength(before);
    expect(await bed.knownTo(bruno.id)).toEqual([device]);
    const rows = await bed.db.select().from(sessions).where(eq(sessions.accountId, bruno.id));
    expect(rows.map(({ deviceId }) => deviceId)).toEqual(Array.from({ length: 100 }, () => device));
    expect(recorded.filter(({ action }) => action === 'device.known')).toHaveLength(1);
  });

  it('is named in the events of its sign-in, and known with one event', async () => {
    let secret = '';
    const first = await eventsDuring(bed.platform, async () => {
      ({ secret } = await bed.logIn(email));
    });
    const [device] = await bed.knownTo(ana);
    const actions = ['sign_in.succeeded', 'device.known', 'session.started'];
    expect(first.map(({ action }) => action)).toEqual(actions);
    for (const { actor, subject, actorPart } of first) {
      expect({ actor, subject }).toEqual({ actor: `account:${ana}`, subject: `account:${ana}` });
      expect(actorPart).toMatchObject({ device: 'node', deviceId: device });
    }
    expect(first[1]?.subjectPart).toEqual({ ids: { device } });
    const again = await eventsDuring(bed.platform, () => bed.logIn(email, { secret }));
    expect(again.map(({ action }) => action)).toEqual(['sign_in.succeeded', 'session.started']);
    expect(again[0]?.actorPart).toMatchObject({ deviceId: device });
  });

  it('is looked up at sign-ins alone', async () => {
    const { accessToken, refreshToken, secret } = await bed.logIn(email);
    const database = bed.platform.app.get(PlatformDatabase, { strict: false });
    const address = bed.platform.storage.environment['DATABASE_URL'];
    const rights = 'select, insert, update, delete on devices, device_accounts';
    await asOwner(database, address, `revoke ${rights} from patronus_server`);
    try {
      const headers = { 'x-device-id': secret };
      const { api } = bed.platform;
      const call = api.bind(bed.platform);
      const me = await call('GET', '/api/v1/me', undefined, accessToken, headers);
      const list = await call('GET', '/api/v1/me/sessions', undefined, accessToken, headers);
      const refresh = await call(
        'POST',
        '/api/v1/auth/refresh',
        { refreshToken },
        undefined,
        headers,
      );
      expect([me.status, list.status, refresh.status]).toEqual([200, 200, 200]);
      expect((await bed.answerTo(email, { secret })).status).toBe(500);
    } finally {
      await asOwner(database, address, `grant ${rights} to patronus_server`);
    }
  });

  it('may be a page of another origin that the operator allows', async () => {
    const asked = await fetch(`${bed.platform.url}/api/v1/auth/login`, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-device-id',
      },
    });
    expect(asked.headers.get('access-control-allow-headers')).toContain('x-device-id');
    const { headers } = await bed.platform.api(
      'POST',
      '/api/v1/auth/login',
      { email, password: PASSWORD },
      undefined,
      { origin: ORIGIN },
    );
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-expose-headers')).toContain('X-Device-Id');
    expect(headers.getSetCookie()).toEqual([]);
  });

  it('finds its header in the description of the API', async () => {
    const { body } = await bed.platform.api('GET', '/docs/json');
    const { paths } = body as OpenAPIObject;
    for (const path of ['/api/v1/auth/login', '/api/token']) {
      expect(paths[path]?.post).toMatchObject({
        parameters: [
          expect.objectContaining({ name: 'X-Device-Id', in: 'header', required: false }),
        ],
        responses: { 200: { headers: { 'X-Device-Id': { schema: { type: 'string' } } } } },
      });
    }
  });
});
