import { randomUUID } from 'node:crypto';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../environment/free-port.mjs';
import { programOf } from '../../environment/program.js';
import { until } from '../../environment/until.js';
import type { ResourceServer } from '../interop/resource-server.js';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { CuttableLink } from '../support/cuttable-link.js';
import { API, CLIENTS, SECRET } from '../support/oauth-bed.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';
import { EventReader } from './event-reader.js';
import { LISTENERS, StreamBed } from './stream-bed.js';

/** Timeout in milliseconds, which includes the build on a busy machine. */
const START = 240_000;
const statusOf = async (application: ResourceServer, token: string) =>
  (await application.get('whoami', token)).status;

describe.each(STORAGES)('a receiver whose connection fails on %s', (storage) => {
  let bed: StreamBed;
  let link: CuttableLink;

  beforeAll(async () => {
    bed = await StreamBed.start({ storage });
    link = await CuttableLink.to(bed.url);
  });
  afterAll(async () => {
    await link.close();
    await bed.close();
  });

  it('misses nothing with its cursor, however much happened meanwhile', async () => {
    const token = await bed.token();
    const reader = await (await EventReader.open(link.url, token)).ready();
    const first = randomUUID();
    await bed.record(first);
    await until(true, () => reader.about(first).some(({ id }) => id !== undefined));
    link.cut();
    await reader.ended;
    await expect(EventReader.open(link.url, token, reader.cursor)).rejects.toThrow('fetch failed');
    // More than one read of the outbox brings.
    const missed = Array.from({ length: 2500 }, () => randomUUID());
    for (let from = 0; from < missed.length; from += 500) {
      await bed.record(...missed.slice(from, from + 500));
    }
    link.mend();
    const later = await (await EventReader.open(link.url, token, reader.cursor)).ready();
    expect(later.types).not.toContain('reset');
    const heard = () => new Set(later.events.map(({ data }) => data.subject?.id));
    expect(missed.filter((session) => !heard().has(session))).toEqual([]);
    expect(heard().has(first)).toBe(false);
    await later.close();
  });

  it('is unheard while an open connection is silent, and refuses everyone', async () => {
    const application = await bed.application(Number(new URL(link.url).port));
    const { token } = await bed.signedIn();
    expect(await statusOf(application, token)).toBe(200);
    link.stall();
    await until(503, () => statusOf(application, token));
    link.mend();
    await until(200, () => statusOf(application, token));
    await application.close();
  });
});

const onServers = STORAGES.includes('PostgreSQL + Redis') ? describe : describe.skip;

onServers('the event stream of several instances without Redis', () => {
  let storage: PlatformStorage;
  let one: StreamBed;
  let other: StreamBed;

  beforeAll(async () => {
    await RunningClinics.build();
    storage = await platformStorage('PostgreSQL + Redis');
    const alone = { REDIS_URL: '' };
    one = await StreamBed.start({ on: storage, environment: alone });
    other = await StreamBed.start({ on: storage, environment: { ...alone, ISSUER: one.url } });
  }, START);
  afterAll(async () => {
    await other.close();
    await one.close();
    await storage.clear();
  });

  it('ends with the token that another instance revokes', async () => {
    const [ending, staying] = [await one.token(), await one.token()];
    const reader = await (await EventReader.open(one.url, ending)).ready();
    const others = await (await EventReader.open(one.url, staying)).ready();
    await revoke(other.url, 'listener', ending);
    await reader.ended;
    expect(reader.failure).toBeUndefined();
    expect(others.isEnded).toBe(false);
    await others.close();
  });

  it(
    'brings what an instance committed that was killed before it told of it',
    async () => {
      const application = await one.application();
      const { token } = await one.signedIn();
      expect(await statusOf(application, token)).toBe(200);
      const port = await freePort();
      const killed = new RunningPlatform({
        ...storage.environment,
        REDIS_URL: '',
        PORT: String(port),
        ISSUER: one.url,
        CLIENTS: JSON.stringify([...CLIENTS, ...LISTENERS]),
        RESOURCE_SERVERS: JSON.stringify([{ identifier: API, scopes: ['read', 'write'] }]),
        LOG_LEVEL: 'silent',
        NODE_OPTIONS: `--import ${fileURLToPath(new URL('dies-announcing.mjs', import.meta.url))}`,
        OUTBOX: outboxModule(),
      });
      await killed.says(/Patronus listens on/);
      await expect(revoke(`http://localhost:${port}`, 'web', token)).rejects.toThrow(
        'fetch failed',
      );
      expect(await killed.ended()).toMatchObject({ code: null });
      await until(401, () => statusOf(application, token));
      await application.close();
    },
    START,
  );
});

async function revoke(url: string, clientId: string, token: string): Promise<void> {
  const answer = await fetch(new URL('/oauth/revoke', url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${SECRET}`)}` },
    body: new URLSearchParams({ token }),
  });
  expect(answer.status).toBe(200);
}

/** Returns the URL of the module that a running platform loads. */
function outboxModule(): string {
  const main = programOf('auth-server').at(-1) ?? '';
  const name = `events/outbox/event-outbox${main.slice(main.lastIndexOf('.'))}`;
  return new URL(name, pathToFileURL(main)).href;
}
