import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as client from 'openid-client';
import { EventNumbering } from '../../../apps/auth-server/src/events/event-numbering.js';
import { EventOutbox } from '../../../apps/auth-server/src/events/outbox/event-outbox.js';
import { until } from '../../environment/until.js';
import type { ResourceServer } from '../interop/resource-server.js';
import { CuttableLink } from '../support/cuttable-link.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { requestEvents } from './event-reader.js';
import { StreamBed } from './stream-bed.js';

const together = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;
const statusOf = async (application: ResourceServer, token: string) =>
  (await application.get('whoami', token)).status;

describe.each(STORAGES)('an application that listens to the platform on %s', (storage) => {
  let bed: StreamBed;
  let link: CuttableLink;
  let application: ResourceServer;

  beforeAll(async () => {
    bed = await StreamBed.start({ storage });
    link = await CuttableLink.to(bed.url);
    application = await bed.application(Number(new URL(link.url).port));
  });
  afterAll(async () => {
    await application.close();
    await link.close();
    await bed.close();
  });

  it('refuses a session that has ended, and no other', async () => {
    const [ending, other] = [await bed.signedIn(), await bed.signedIn()];
    expect(await statusOf(application, ending.token)).toBe(200);
    await bed.endSession(ending.session);
    await until(401, () => statusOf(application, ending.token));
    expect(await statusOf(application, other.token)).toBe(200);
  });

  it('refuses a token that was revoked', async () => {
    const { token } = await bed.signedIn();
    expect(await statusOf(application, token)).toBe(200);
    await client.tokenRevocation(await bed.oauth.relyingParty('web'), token);
    await until(401, () => statusOf(application, token));
  });

  it('refuses from its start what ended before', async () => {
    const [ending, other] = [await bed.signedIn(), await bed.signedIn()];
    await bed.endSession(ending.session);
    const later = await bed.application();
    expect(await statusOf(later, ending.token)).toBe(401);
    expect(await statusOf(later, other.token)).toBe(200);
    await later.close();
  });

  it('refuses everyone while it is cut off, and has missed nothing afterwards', async () => {
    const [ending, other] = [await bed.signedIn(), await bed.signedIn()];
    expect(await statusOf(application, ending.token)).toBe(200);
    link.cut();
    await until(503, () => statusOf(application, other.token));
    await bed.endSession(ending.session);
    link.mend();
    await until(200, () => statusOf(application, other.token));
    expect(await statusOf(application, ending.token)).toBe(401);
  });

  it('learns from the relay what the committing instance did not announce', async () => {
    const { token, session } = await bed.signedIn();
    const outbox = bed.oauth.app.get(EventOutbox, { strict: false });
    const announce = jest.spyOn(outbox, 'announce').mockImplementation(() => {});
    expect(await statusOf(application, token)).toBe(200);
    await bed.endSession(session);
    await until(401, () => statusOf(application, token));
    expect(announce).toHaveBeenCalled();
    announce.mockRestore();
  });
});

together('of two instances', () => {
  let storage: PlatformStorage;
  let link: CuttableLink;
  let one: StreamBed;
  let other: StreamBed;

  beforeAll(async () => {
    storage = await platformStorage('PostgreSQL + Redis');
    link = await CuttableLink.to(storage.environment['DATABASE_URL']!);
    one = await StreamBed.start({ on: storage });
    const environment = { ISSUER: one.url, DATABASE_URL: link.url };
    other = await StreamBed.start({ on: storage, environment });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await other.close();
    await one.close();
    await link.close();
    await storage.clear();
  });

  it('each sends the events of both, with the same cursors', async () => {
    const readers = [await one.read(), await other.read()];
    for (const reader of readers) await reader.ready();
    const sessions: string[] = Array.from({ length: 20 }, () => randomUUID());
    for (const [index, session] of sessions.entries()) {
      await (index % 2 === 0 ? one : other).record(session);
    }
    const heard = readers.map((reader) => () => {
      const numbered = reader.events.filter(({ data, id }) => {
        return id !== undefined && sessions.includes(data.subject?.id ?? '');
      });
      return numbered.map(({ id, data }) => `${id} ${data.subject?.id}`);
    });
    for (const ask of heard) await until(sessions.length, () => ask().length);
    expect(heard[0]?.()).toEqual(heard[1]?.());
    for (const reader of readers) await reader.close();
  });

  it('one refuses at an application of the other a session that it ended', async () => {
    const application = await other.application();
    const { token, session } = await one.signedIn();
    expect(await statusOf(application, token)).toBe(200);
    await one.endSession(session);
    await until(401, () => statusOf(application, token));
    await application.close();
  });

  it('one sends what the other committed before it died, and nobody has numbered', async () => {
    const reader = await (await one.read()).ready();
    for (const { oauth } of [one, other]) {
      const numbering = oauth.app.get(EventNumbering, { strict: false });
      jest.spyOn(numbering, 'wake').mockImplementation(() => {});
      await numbering.onModuleDestroy();
    }
    const announcing = other.oauth.app.get(EventOutbox, { strict: false });
    jest.spyOn(announcing, 'announce').mockImplementation(() => {});
    const session = randomUUID();
    await other.record(session);
    await until(1, () => reader.about(session).length);
    expect(reader.about(session)[0]?.id).toBeUndefined();
    // A receiver that comes now is complete as well.
    const later = await (await one.read(reader.cursor)).ready();
    const [told] = later.events.slice(0, later.types.indexOf('ready'));
    expect(told?.data.subject?.id).toBe(session);
    await reader.close();
    await later.close();
  });

  it('one that cannot read events shows no heartbeats and ends its streams', async () => {
    const token = await other.token();
    const [reader, unharmed] = [await other.read(), await one.read()];
    await reader.ready();
    await unharmed.ready();
    const waiting = requestEvents(other.url, token, reader.cursor);
    await (await waiting).body?.cancel();
    link.stall();
    const silence = async () => {
      const before = reader.comments;
      const beats = unharmed.comments;
      await until(true, () => unharmed.comments > beats + 2);
      return reader.comments === before;
    };
    await until(true, silence);
    link.cut();
    await reader.ended;
    const session = randomUUID();
    await one.record(session);
    expect((await requestEvents(other.url, token, reader.cursor)).status).toBe(503);
    link.mend();
    const opened = async () => (await requestEvents(other.url, token)).status;
    await until(200, opened);
    const later = await (await other.read(reader.cursor)).ready();
    expect(later.about(session)).not.toEqual([]);
    await later.close();
    await unharmed.close();
  });
});
