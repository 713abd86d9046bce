import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { LogoutDelivery } from '../../../apps/auth-server/src/oauth/back-channel/logout-delivery.job.js';
import { logoutNotices } from '../../../apps/auth-server/src/oauth/store/logout-notices.table.js';
import { PersonalData } from '../../../apps/auth-server/src/operation/personal-data/personal-data.js';
import { SessionsService } from '../../../apps/auth-server/src/sessions/sessions.service.js';
import { CLIENTS, OAuthBed, PASSWORD, type Person } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { STORAGES } from '../support/platform-storage.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('back-channel logout on %s', (storage) => {
  let bed: OAuthBed;
  let web: client.Configuration;
  let person: Person;
  let relyingParty: Server;
  let status = 200;
  let heard: string[] = [];

  beforeAll(async () => {
    relyingParty = createServer((request, response) => {
      void hear(request).then(() => response.writeHead(status).end());
    }).listen(0, '127.0.0.1');
    await once(relyingParty, 'listening');
    const address = relyingParty.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const told = {
      backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
      backchannel_logout_session_required: true,
    };
    const declared = CLIENTS.map((one) => (one.client_id === 'web' ? { ...one, ...told } : one));
    bed = await OAuthBed.start({ storage, environment: { CLIENTS: JSON.stringify(declared) } });
    web = await bed.relyingParty('web');
  });

  beforeEach(async () => {
    status = 200;
    person = await bed.person();
    await deliver();
    heard = [];
  });

  afterAll(async () => {
    await bed.close();
    relyingParty.close();
  });

  const hear = async (request: IncomingMessage) => {
    heard.push(new URLSearchParams(await text(request)).get('logout_token') ?? '');
  };
  const deliver = async () => {
    const delivery = bed.app.get(LogoutDelivery, { strict: false });
    // A run may be under way that began before the commit.
    await delivery.run();
    await delivery.run();
  };
  const notices = () =>
    bed.db.select().from(logoutNotices).where(eq(logoutNotices.accountId, person.id));
  const api = async (method: string, path: string, body?: object) => {
    const login = await bed.platform.api('POST', '/api/v1/auth/login', {
      email: person.email,
      password: PASSWORD,
    });
    return bed.platform.api(method, path, body, String(login.body.accessToken));
  };

  const ENDS: readonly [string, () => Promise<unknown>][] = [
    ['DELETE /api/v1/me/sessions', () => api('DELETE', '/api/v1/me/sessions')],
    [
      'DELETE /api/v1/me/sessions/:id',
      async () => {
        const { body } = await api('GET', '/api/v1/me/sessions');
        const all: readonly { id: string; current: boolean }[] = body.sessions ?? body;
        for (const { id } of all) await api('DELETE', `/api/v1/me/sessions/${id}`);
      },
    ],
    ['POST /api/v1/auth/logout-all', () => api('POST', '/api/v1/auth/logout-all')],
    [
      'a reset of the password',
      async () => {
        const { email } = person;
        await bed.platform.api('POST', '/api/v1/auth/forgot-password', { email });
        const token = await bed.platform.tokenMailedTo(email);
        const password = 'violet anchors sing at dawn';
        await bed.platform.api('POST', '/api/v1/auth/reset-password', { token, password });
      },
    ],
    ['DELETE /api/v1/me', () => api('DELETE', '/api/v1/me', { currentPassword: PASSWORD })],
  ];

  it.each(ENDS)('tells the clients of the session after %s', async (_what, end) => {
    const tokens = await tokensFor(web, bed.browser(), person.email, { scope: 'openid' });

    await end();
    await deliver();

    expect(heard).toHaveLength(1);
    expect(decodeJwt(heard[0]!)).toMatchObject({
      iss: bed.url,
      aud: 'web',
      sub: person.id,
      sid: tokens.claims()!['sid'],
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    await expect(notices()).resolves.toEqual([]);
  });

  it('tells one client of one session once, and other clients of nothing', async () => {
    const browser = bed.browser();
    const own = await bed.relyingParty('own');
    await tokensFor(own, browser, person.email, { scope: 'openid' });
    await tokensFor(web, browser, person.email, { scope: 'openid' });
    await tokensFor(web, browser, person.email, { scope: 'openid' });

    await Promise.all([1, 2, 3].map(() => api('POST', '/api/v1/auth/logout-all')));
    await deliver();

    expect(heard).toHaveLength(1);
  });

  it('tells a client that comes back', async () => {
    status = 503;
    await tokensFor(web, bed.browser(), person.email, { scope: 'openid' });
    await bed.app.get(SessionsService, { strict: false }).endAll(person.id, 'ended_by_owner');
    await deliver();
    status = 200;
    bed.clock.advance(11);
    await deliver();

    expect(heard).toHaveLength(2);
    await expect(notices()).resolves.toEqual([]);
  });

  it('forgets the notices of an erased account', async () => {
    status = 503;
    await tokensFor(web, bed.browser(), person.email, { scope: 'openid' });
    await bed.app.get(SessionsService, { strict: false }).endAll(person.id, 'ended_by_owner');
    await deliver();

    await expect(notices()).resolves.toHaveLength(1);
    const personal = bed.app.get(PersonalData, { strict: false });
    await bed.db.transaction((tx) => personal.forget(tx, [person.id]));

    await expect(notices()).resolves.toEqual([]);
  });

  it('retries for three days, and then records that the client was not told', async () => {
    status = 503;
    await tokensFor(web, bed.browser(), person.email, { scope: 'openid' });
    await bed.app.get(SessionsService, { strict: false }).endAll(person.id, 'ended_by_owner');
    await deliver();
    await expect(notices()).resolves.toMatchObject([{ attempts: 1, lastError: expect.anything() }]);

    for (let hour = 0; hour < 72; hour += 1) {
      bed.clock.advance(3600);
      await deliver();
      if (hour === 71)
        await expect(notices()).resolves.toMatchObject([{ nextAttemptAt: expect.any(Date) }]);
    }
    // Each of the attempts was up to an hour late.
    bed.clock.advance(9 * 3600);
    await deliver();

    await expect(notices()).resolves.toMatchObject([{ nextAttemptAt: null }]);
    const times = heard.length;
    bed.clock.advance(DAY);
    await deliver();
    expect(heard).toHaveLength(times);
  });
});
