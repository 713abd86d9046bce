import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import * as client from 'openid-client';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import {
  deviceAccounts,
  devices,
} from '../../../apps/auth-server/src/sessions/devices/devices.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { eventsDuring } from '../events/event-log.js';
import { OAuthBed, PASSWORD, type Person } from '../support/oauth-bed.js';
import { accept, ask, tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';
import type { UserAgent } from '../support/user-agent.js';

describe.each(STORAGES)('a browser that signs in on the pages, on %s', (storage) => {
  let bed: OAuthBed;
  let own: client.Configuration;
  let ana: Person;
  let browser: UserAgent;
  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
    own = await bed.relyingParty('own');
  });
  beforeEach(async () => {
    ana = await bed.person();
    browser = bed.browser();
  });
  afterAll(() => bed.close());

  const secretIn = (of: UserAgent) =>
    /(?:^|; )device=([^;]*)/.exec(of.cookiesFor('/anywhere'))?.[1];
  const knownTo = async ({ id }: Person) => {
    const rows = await bed.db
      .select()
      .from(deviceAccounts)
      .where(eq(deviceAccounts.accountId, id))
      .orderBy(deviceAccounts.firstAt);
    return rows.map(({ deviceId }) => deviceId);
  };
  const sessionsOf = ({ id }: Person) =>
    bed.db.select().from(sessions).where(eq(sessions.accountId, id)).orderBy(sessions.createdAt);
  /** Signs in again in the session, a minute after the last time. */
  const signInAgain = async () => {
    const { page } = await ask(own, browser, { prompt: 'login' });
    const authenticatedAt = new Date(bed.clock.now().getTime() - 60_000);
    await bed.db.update(sessions).set({ authenticatedAt }).where(eq(sessions.accountId, ana.id));
    return accept(browser, page, ana.email);
  };
  const signOut = async () => {
    await browser.submit(await browser.open('/oauth/logout'), { logout: 'yes' });
  };

  it('gets its cookie with a completed sign-in, and not before', async () => {
    const { page } = await ask(own, browser);
    expect(secretIn(browser)).toBeUndefined();
    const refused = await browser.submit(page, { identifier: ana.email, password: 'nonsense' });
    expect(refused.status).toBe(401);
    expect(secretIn(browser)).toBeUndefined();
    await accept(browser, refused, ana.email);
    expect(secretIn(browser)).toMatch(/^pdv_[\w-]{43}$/);
    const [device] = await knownTo(ana);
    const [session] = await sessionsOf(ana);
    expect(session).toMatchObject({ kind: 'browser', deviceId: device });
    const [row] = await bed.db.select().from(devices).where(eq(devices.id, device!));
    expect(row?.name).toBe('Firefox on Linux');
  });

  it('renews its cookie with each sign-in, and with nothing else', async () => {
    await tokensFor(own, browser, ana.email);
    const secret = secretIn(browser);
    const { page: back } = await ask(own, browser);
    expect(back.url.searchParams.has('code')).toBe(true);
    expect(back.headers.getSetCookie().join()).not.toContain('device=');
    const again = await signInAgain();
    expect(again.headers.getSetCookie().join()).toContain(`device=${secret}; Max-Age=34560000`);
    expect(secretIn(browser)).toBe(secret);
    expect(await knownTo(ana)).toHaveLength(1);
    expect(await sessionsOf(ana)).toHaveLength(1);
  });

  it('is one device, however many people sign in on it', async () => {
    await tokensFor(own, browser, ana.email);
    const secret = secretIn(browser);
    await signOut();
    expect(secretIn(browser)).toBe(secret);
    const bruno = await bed.person();
    await tokensFor(own, browser, bruno.email);
    expect(secretIn(browser)).toBe(secret);
    expect(await knownTo(bruno)).toEqual(await knownTo(ana));
    const other = bed.browser();
    await tokensFor(own, other, bruno.email);
    expect(secretIn(other)).not.toBe(secret);
    expect(await knownTo(bruno)).toHaveLength(2);
  });

  it('is named by its session again when it lost its cookie and signs in there', async () => {
    await tokensFor(own, browser, ana.email);
    const [device] = await knownTo(ana);
    browser.forget('device');
    await signInAgain();
    const known = await knownTo(ana);
    expect(known).toEqual([device, expect.any(String)]);
    const [session, ...others] = await sessionsOf(ana);
    expect(others).toEqual([]);
    expect(session?.deviceId).toBe(known[1]);
  });

  it('is known with one event, and named in those of each sign-in', async () => {
    const first = await eventsDuring(bed.platform, () => tokensFor(own, browser, ana.email));
    const [device] = await knownTo(ana);
    expect(first.map(({ action, actorPart }) => [action, actorPart])).toEqual([
      ['sign_in.succeeded', expect.not.objectContaining({ deviceId: expect.anything() })],
      ['device.known', expect.objectContaining({ deviceId: device })],
      ['session.started', expect.objectContaining({ deviceId: device })],
    ]);
    await signOut();
    const second = await eventsDuring(bed.platform, () => tokensFor(own, browser, ana.email));
    const known = expect.objectContaining({ device: 'Firefox on Linux', deviceId: device });
    expect(second.map(({ action, actorPart }) => [action, actorPart])).toEqual([
      ['sign_in.succeeded', known],
      ['session.started', known],
    ]);
  });

  it('is the device of the device flow: the television has none', async () => {
    const tv = await bed.relyingParty('tv', client.None());
    const started = await client.initiateDeviceAuthorization(tv, { scope: 'openid' });
    const entered = await browser.submit(await browser.open(started.verification_uri), {
      user_code: started.user_code,
    });
    await accept(browser, await browser.submit(entered, { confirm: 'yes' }), ana.email);
    expect(secretIn(browser)).toBeDefined();
    const [device] = await knownTo(ana);
    const answer = await fetch(tv.serverMetadata().token_endpoint!, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: 'tv',
        device_code: started.device_code,
      }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-device-id')).toBeNull();
    expect((await sessionsOf(ana)).map(({ deviceId }) => deviceId)).toEqual([device]);
    expect(await knownTo(ana)).toEqual([device]);
  });

  describe('and the password grant', () => {
    const grant = (id: string, headers: Record<string, string> = {}) =>
      fetch(own.serverMetadata().token_endpoint!, {
        method: 'POST',
        headers,
        body: new URLSearchParams({
          grant_type: 'password',
          username: ana.email,
          password: PASSWORD,
          client_id: id,
          ...(id === 'machine' && { client_secret: 'a-secret-of-a-test-that-has-32-characters' }),
        }),
      });
    beforeAll(async () => {
      for (const [id, method] of [
        ['machine', 'client_secret_post'],
        ['phone', 'none'],
      ] as const) {
        const [row] = await bed.db.select().from(clients).where(eq(clients.id, id));
        const metadata = {
          ...row!.metadata,
          grant_types: ['password'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: method,
          scope: 'openid',
        };
        const changed = { passwordGrant: true, metadata };
        await bed.db.update(clients).set(changed).where(eq(clients.id, id));
      }
      await bed.app.get(ClientsService, { strict: false }).forget(['machine', 'phone']);
    });

    it('of an installed application have a device, by the header', async () => {
      const first = await grant('phone');
      expect(first.status).toBe(200);
      const secret = first.headers.get('x-device-id') ?? '';
      expect(secret).toMatch(/^pdv_[\w-]{43}$/);
      const second = await grant('phone', { 'x-device-id': secret });
      expect(second.headers.get('x-device-id')).toBe(secret);
      const known = await knownTo(ana);
      expect(known).toHaveLength(1);
      const named = (await sessionsOf(ana)).map(({ deviceId }) => deviceId);
      expect(named).toEqual([known[0], known[0]]);
    });

    it('of a server have none', async () => {
      const answer = await grant('machine', { 'x-device-id': secretIn(browser) ?? 'pdv_x' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-device-id')).toBeNull();
      expect(await knownTo(ana)).toEqual([]);
      expect((await sessionsOf(ana)).map(({ deviceId }) => deviceId)).toEqual([null]);
    });
  });
});
