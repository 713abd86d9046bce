import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { SigningKeySet } from '../../../apps/auth-server/src/sessions/keys/signing-key-set.js';
import { FirstAdministratorService } from '../../../apps/auth-server/src/sign-in/setup/first-administrator.service.js';
import { administratorOf } from '../interop/administrator.js';
import { API, CALLBACK, CLIENTS, OAuthBed, SECRET } from '../support/oauth-bed.js';
import { tokensFor } from '../support/oauth-flow.js';
import { newAddress, PASSWORD } from '../support/people.js';
import { STORAGES } from '../support/platform-storage.js';
import { ChangesBed, summaryOf } from './changes-bed.js';
import { eventsDuring, eventsOf } from './event-log.js';

const DAY = 24 * 60 * 60;

describe.each(STORAGES)('a change of clients, tokens or keys on %s', (storage) => {
  let bed: ChangesBed;
  let administrator: string;
  let administratorId: string;
  beforeAll(async () => {
    bed = await ChangesBed.start(storage);
    administrator = await administratorOf(bed.oauth);
    administratorId = String(decodeJwt(administrator).sub);
  });
  afterAll(() => bed.close());

  const asAdministrator = (method: string, path: string, body?: unknown) =>
    bed.api(method, `admin/${path}`, body, administrator);

  it('of a person who signs in on a page, and signs out', async () => {
    const { email, id } = await bed.oauth.person();
    const account = `account:${id}`;
    const web = await bed.oauth.relyingParty('own');
    const browser = bed.oauth.browser();
    const { names, events } = await bed.during(account, () => tokensFor(web, browser, email));
    expect(names).toEqual([
      'sign_in.succeeded by owner of owner',
      'device.known by owner of owner',
      'session.started by owner of owner',
    ]);
    expect(events[2]).toMatchObject({
      actorPart: { device: 'Firefox on Linux' },
      subjectPart: { details: { kind: 'browser' } },
    });
    const page = await browser.open('/oauth/logout');
    const out = await bed.during(account, () => browser.submit(page, { logout: 'yes' }));
    expect(out.names).toEqual(['session.ended by owner of owner']);
  });

  it('of a signed token that a client revokes', async () => {
    const { email, id } = await bed.oauth.person();
    const own = await bed.oauth.relyingParty('own');
    const asked = { scope: 'openid read', resource: API };
    const { access_token: token } = await tokensFor(own, bed.oauth.browser(), email, asked);
    const { names, events } = await bed.during(`account:${id}`, () =>
      client.tokenRevocation(own, token),
    );
    expect(names).toEqual(['token.revoked by client:own of owner']);
    expect(events[0]?.subjectPart).toEqual({ ids: { token: decodeJwt(token).jti } });
  });

  it('of a client that an administrator makes, changes and removes', async () => {
    const metadata = { redirect_uris: [CALLBACK], scope: 'openid read', client_name: 'One' };
    const by = `account:${administratorId}`;
    let id = '';
    const created = await bed.during(by, async () => {
      id = (await asAdministrator('POST', 'clients', { metadata })).body.id;
    });
    expect(created.names).toEqual([
      `client.created by owner of client:${id}`,
      `client.secret_added by owner of client:${id}`,
    ]);
    const updated = await bed.during(by, () =>
      asAdministrator('PATCH', `clients/${id}`, { metadata: { client_name: 'Two' } }),
    );
    expect(updated.names).toEqual([`client.updated by owner of client:${id}`]);
    expect(updated.events[0]?.subjectPart).toEqual({
      changes: { client_name: ['One', 'Two'] },
      ids: {},
    });
    const secrets = await bed.during(by, async () => {
      const { body } = await asAdministrator('POST', `clients/${id}/secrets`, {});
      await asAdministrator('DELETE', `clients/${id}/secrets/${body.id}`);
    });
    expect(secrets.names).toEqual([
      `client.secret_added by owner of client:${id}`,
      `client.secret_removed by owner of client:${id}`,
    ]);
    const removed = await bed.during(by, () => asAdministrator('DELETE', `clients/${id}`));
    expect(removed.names).toEqual([`client.removed by owner of client:${id}`]);
  });

  it('of a client that registers, changes and removes itself', async () => {
    const json = (method: string, url: string, body?: object, token?: string) =>
      fetch(url, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const metadata = { redirect_uris: [CALLBACK], client_name: 'Newcomer' };
    const made = await eventsDuring(bed.platform, async () => {
      const answer = await (await json('POST', `${bed.oauth.url}/oauth/register`, metadata)).json();
      const { client_id: id, registration_client_uri: uri } = answer;
      const changed = await json(
        'PUT',
        uri,
        { client_id: id, ...metadata, client_name: 'Renamed' },
        answer.registration_access_token,
      );
      const { registration_access_token: next } = await changed.json();
      expect((await json('DELETE', uri, undefined, next)).status).toBe(204);
    });
    const [first] = made;
    expect(made.map(({ action, actor, subject }) => [action, actor, subject])).toEqual(
      ['client.created', 'client.secret_added', 'client.updated', 'client.removed'].map(
        (action) => [action, first?.actor, first?.actor],
      ),
    );
    expect(made[2]?.subjectPart).toMatchObject({
      changes: { client_name: ['Newcomer', 'Renamed'] },
    });
  });

  it('of a resource server', async () => {
    const identifier = 'https://other.example.com';
    const by = `account:${administratorId}`;
    const put = (scopes: readonly string[]) =>
      asAdministrator('PUT', 'resource-servers', { identifier, scopes });
    const { names, events } = await bed.during(by, async () => {
      await put(['read']);
      await put(['read', 'write']);
      await put(['read', 'write']);
      await asAdministrator('DELETE', `resource-servers/${encodeURIComponent(identifier)}`);
    });
    const of = `by owner of resource_server:${identifier}`;
    expect(names).toEqual([
      `resource_server.created ${of}`,
      `resource_server.updated ${of}`,
      `resource_server.removed ${of}`,
    ]);
    expect(events[1]?.subjectPart).toEqual({
      changes: { scopes: [['read'], ['read', 'write']] },
      ids: {},
    });
  });

  it('of what the environment declares, of keys, and of the first start', async () => {
    const events = await eventsOf(bed.platform);
    const starts = events.filter(({ requestId }) => requestId === null).map(summaryOf);
    const by = 'by service:patronus of';
    expect(starts).toEqual(
      expect.arrayContaining([
        'key.rotated by service:patronus of undefined',
        ...CLIENTS.map((one) => `client.created ${by} client:${one.client_id}`),
        `client.secret_added ${by} client:web`,
        `resource_server.created ${by} resource_server:${API}`,
      ]),
    );
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  it('of a new instance, which declares the same: none', async () => {
    const { names } = await bed.during(undefined, async () => {
      const second = await OAuthBed.start({ on: bed.platform.storage });
      await second.platform.stop();
    });
    expect(names).toEqual([]);
  });

  // The clock moves on from here.
  it('of the rotation of keys', async () => {
    bed.oauth.clock.advance(100 * DAY);
    const { names } = await bed.during(undefined, () =>
      bed.oauth.app.get(SigningKeySet, { strict: false }).reload(),
    );
    expect(names).toEqual([
      'key.rotated by service:patronus of undefined',
      'key.rotated by service:patronus of undefined',
    ]);
  });
});

describe.each(STORAGES)('the first administrator on %s', (storage) => {
  let bed: OAuthBed;
  beforeAll(async () => {
    bed = await OAuthBed.start({ storage });
  });
  afterAll(() => bed.close());

  it('is registered, verified and appointed', async () => {
    const setup = bed.app.get(FirstAdministratorService, { strict: false });
    const token = new URL(String(await setup.link())).searchParams.get('token') ?? '';
    const email = newAddress();
    const recorded = await eventsDuring(bed.platform, async () => {
      await setup.create(token, { email: { address: email, key: email }, password: PASSWORD });
    });
    expect(recorded.map(({ action }) => action)).toEqual([
      'account.registered',
      'account.verified',
      'assignment.added',
    ]);
    expect(new Set(recorded.map(({ actor, subject }) => actor === subject))).toEqual(
      new Set([true]),
    );
    expect(recorded[2]?.subjectPart).toEqual({ ids: { role: 'SYSTEM_ADMIN' } });
  });
});
