import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import * as client from 'openid-client';
import { PLATFORM } from '../../../apps/auth-server/src/events/catalogue.js';
import { ClientAdministrationService } from '../../../apps/auth-server/src/oauth/clients/client-administration.service.js';
import { CLIENT_DEFINITION } from '../../../apps/auth-server/src/oauth/clients/client-metadata.schema.js';
import { ClientsService } from '../../../apps/auth-server/src/oauth/clients/clients.service.js';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { until } from '../../environment/until.js';
import { SECRET } from '../support/oauth-bed.js';
import { ask } from '../support/oauth-flow.js';
import { registered, tokensOf } from '../support/people.js';
import { STORAGES } from '../support/platform-storage.js';
import { EventReader, requestEvents } from './event-reader.js';
import { claimsOf, StreamBed } from './stream-bed.js';

const MACHINE = { grant_types: ['client_credentials'], scope: 'events.read' };

describe.each(STORAGES)('access to the event stream on %s', (storage) => {
  let bed: StreamBed;
  let readers: EventReader[] = [];

  beforeAll(async () => {
    bed = await StreamBed.start({ storage, environment: { EVENT_STREAMS: '120' } });
  });
  afterAll(() => bed.close());
  beforeEach(() => {
    readers = [];
  });
  afterEach(async () => {
    for (const reader of readers) await reader.close();
    await until(0, openStreams);
  });

  const openStreams = async () => {
    const { body } = await bed.oauth.platform.api('GET', '/metrics');
    return Number(/^patronus_event_streams (\d+)$/m.exec(body)?.[1]);
  };
  const open = async (token: string): Promise<EventReader> => {
    const reader = await EventReader.open(bed.url, token);
    readers.push(reader);
    return reader.ready();
  };
  const administration = () => bed.oauth.app.get(ClientAdministrationService, { strict: false });
  const made = async (metadata: object = MACHINE) => {
    const definition = CLIENT_DEFINITION.parse({ metadata });
    const { id, secret } = await administration().create(definition, PLATFORM);
    return { id, secret: secret! };
  };
  const refusal = async (token: string | undefined) => {
    const answer = await requestEvents(bed.url, token);
    const { code }: { code?: string } = await answer.json();
    return [answer.status, code];
  };

  it('is given to a declared client', async () => {
    const token = await bed.token();
    expect(claimsOf(token)).toMatchObject({
      aud: `${bed.url}/api`,
      sub: 'listener',
      client_id: 'listener',
      scope: 'events.read',
    });
    await open(token);
  });

  it('is given to a client of an administrator', async () => {
    const { id, secret } = await made();
    await open(await bed.token(id, secret));
  });

  it('is not given to a client that registered itself, even if it came to have the scope', async () => {
    const metadata = { ...MACHINE, response_types: [], redirect_uris: [] };
    const asked = await bed.oauth.platform.api('POST', '/oauth/register', metadata);
    expect([asked.status, asked.body.error]).toEqual([400, 'invalid_client_metadata']);
    const { scope: _, ...without } = metadata;
    const { body } = await bed.oauth.platform.api('POST', '/oauth/register', without);
    const { client_id: id, client_secret: secret } = body;
    await bed.database.db
      .update(clients)
      .set({ metadata: sql`${clients.metadata} || '{"scope":"events.read"}'` })
      .where(eq(clients.id, id));
    await bed.oauth.app.get(ClientsService, { strict: false }).forget([id]);
    const answer = await bed.tokenAnswer(id, secret);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_target' }]);
  });

  it.each([
    ['without the scope', 'machine', SECRET, [400, 'invalid_target']],
    ['without the grant', 'web', SECRET, [400, 'invalid_request']],
    ['that is unknown', 'nobody', SECRET, [401, 'invalid_client']],
    ['with a wrong secret', 'listener', `${SECRET}!`, [401, 'invalid_client']],
  ])('is not given to a client %s', async (_what, id, secret, expected) => {
    const answer = await bed.tokenAnswer(id, secret);
    const { error }: { error?: string } = await answer.json();
    expect([answer.status, error]).toEqual(expected);
  });

  it('is not given to a person through a client, even one with the scope', async () => {
    const { id, secret } = await made({
      redirect_uris: ['https://app.example.com/callback'],
      grant_types: ['authorization_code', 'client_credentials'],
      scope: 'openid events.read',
    });
    const party = await bed.oauth.relyingParty(id, client.ClientSecretBasic(secret));
    const asked = { scope: 'openid events.read', resource: `${bed.url}/api` };
    const { page } = await ask(party, bed.oauth.browser(), asked);
    expect(page.url.searchParams.get('error')).toBe('invalid_target');
  });

  it('is refused to people, other tokens and callers without a token', async () => {
    const person = await tokensOf(bed.oauth.platform, await registered(bed.oauth.platform));
    expect(await refusal(person.accessToken)).toEqual([403, expect.any(String)]);
    expect(await refusal(undefined)).toEqual([401, 'token_missing']);
    expect(await refusal('x.y.z')).toEqual([401, 'token_malformed']);
    // The client asks for no scope.
    const answer = await bed.tokenAnswer('listener', SECRET, '');
    const { access_token: bare }: { access_token: string } = await answer.json();
    expect(await refusal(bare)).toEqual([403, expect.any(String)]);
  });

  it.each([
    ['GET', '/api/v1/me', 401],
    ['GET', '/api/me', 401],
    ['GET', '/api/v1/me/sessions', 404],
    ['DELETE', '/api/v1/me/sessions', 404],
    ['GET', '/api/v1/admin/clients', 403],
    ['GET', '/api/v1/admin/resource-servers', 403],
  ])('is no access to other parts of the API: %s %s', async (method, path, status) => {
    const answer = await bed.oauth.platform.api(method, path, undefined, await bed.token());
    expect(answer.status).toBe(status);
  });

  it('ends with the access token', async () => {
    const token = await bed.token();
    const reader = await open(token);
    const left = Number(claimsOf(token)['exp']) * 1000 - bed.oauth.clock.now().getTime();
    bed.oauth.clock.advance(left / 1000 - 30);
    await until(true, () => reader.comments > 2);
    expect(reader.isEnded).toBe(false);
    bed.oauth.clock.advance(31);
    await reader.ended;
    bed.oauth.clock.advance(-left / 1000 - 1);
  });

  it('ends with the revocation of the token, and begins with no revoked token', async () => {
    const [token, other] = [await bed.token(), await bed.token()];
    const [reader, staying] = [await open(token), await open(other)];
    const party = await bed.oauth.relyingParty('listener');
    await client.tokenRevocation(party, token);
    await reader.ended;
    expect(await refusal(token)).toEqual([401, 'token_revoked']);
    expect(staying.isEnded).toBe(false);
  });

  it('ends when the client is removed', async () => {
    const { id, secret } = await made();
    const token = await bed.token(id, secret);
    const [reader, staying] = [await open(token), await open(await bed.token())];
    await administration().remove(id, PLATFORM);
    await reader.ended;
    expect(await refusal(token)).toEqual([403, 'forbidden']);
    expect(staying.isEnded).toBe(false);
  });

  it.each([
    ['the scope', { scope: 'openid' }],
    ['the grant', { grant_types: ['authorization_code'], redirect_uris: ['https://a.example/'] }],
  ])('ends when the client loses %s', async (_what, metadata) => {
    const { id, secret } = await made();
    const token = await bed.token(id, secret);
    const reader = await open(token);
    const more = 'grant_types' in metadata ? { response_types: ['code'] } : {};
    await administration().patch(id, PLATFORM, { metadata: { ...metadata, ...more } });
    await reader.ended;
    expect(await refusal(token)).toEqual([403, 'forbidden']);
  });

  it('is limited for each client, and for the process', async () => {
    const token = await bed.token();
    for (let count = 0; count < 100; count += 1) {
      readers.push(await EventReader.open(bed.url, token));
    }
    const limited = await requestEvents(bed.url, token);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await limited.json()).toMatchObject({ code: 'rate_limited' });
    const second = await bed.token('second-listener');
    for (let count = 0; count < 20; count += 1) {
      readers.push(await EventReader.open(bed.url, second));
    }
    const overloaded = await requestEvents(bed.url, second);
    expect([overloaded.status, overloaded.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await overloaded.json()).toMatchObject({ code: 'overloaded' });
    await readers.pop()?.close();
    await until(119, openStreams);
    await open(second);
  });

  it('is cut off for a receiver that does not read, and not for others', async () => {
    const watcher = await open(await bed.token());
    const socket = connect(bed.oauth.platform.port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await bed.token()}\r\n\r\n`,
    );
    await until(2, openStreams);
    const long = 'x'.repeat(20_000);
    let sent = 0;
    while ((await openStreams()) === 2) {
      await bed.record(...Array.from({ length: 20 }, (_, index) => `${sent + index}-${long}`));
      sent += 20;
      // The kernel holds a few megabytes for the socket.
      expect(sent).toBeLessThan(3000);
    }
    await until(true, () => watcher.about(`${sent - 1}-${long}`).length > 0);
    expect(watcher.isEnded).toBe(false);
    socket.destroy();
  });
});
