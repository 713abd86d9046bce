import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { oidcPayloads } from '../../../apps/auth-server/src/oauth/store/payloads.table.js';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { ClientsBed } from './clients-bed.js';
import { RunningPlatform } from '../support/running-platform.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';

const OLD = 'old-secret-old-secret-old-secret-0';
const NEW = 'new-secret-new-secret-new-secret-0';
const APP = {
  client_id: 'app',
  client_secret: OLD,
  redirect_uris: ['https://app.example.com/callback'],
  skip_consent: true,
};
const SERVICE = { client_id: 'service', client_secret: NEW, grant_types: ['client_credentials'] };
const API = { identifier: 'https://api.example.com', scopes: ['patients.read'] };

describe.each(STORAGES)('clients that the environment declares, on %s', (name) => {
  let storage: PlatformStorage | undefined;
  afterEach(async () => {
    await storage?.clear();
    storage = undefined;
  });

  const start = async (clients: object[], servers: object[] = []) => {
    storage ??= await platformStorage(name);
    return ClientsBed.start(storage, {
      CLIENTS: JSON.stringify(clients),
      RESOURCE_SERVERS: JSON.stringify(servers),
    });
  };
  const ids = async (bed: ClientsBed): Promise<string[]> =>
    (await bed.api('GET', 'clients')).body.clients.map(({ id }: { id: string }) => id);

  it('are there, stay as they are, change, and go', async () => {
    const first = await start([APP, SERVICE], [API]);
    expect(await first.clients.find('app')).toMatchObject({
      client_id: 'app',
      skip_consent: true,
      redirect_uris: APP.redirect_uris,
    });
    expect(await first.servers.find(API.identifier)).toMatchObject(API);
    const made = (await first.api('GET', 'clients/app')).body;
    expect(made.origin).toBe('declared');
    const metadata = { grant_types: ['client_credentials'] };
    await first.api('POST', 'clients', { metadata: { ...metadata, client_id: 'of-admin' } });
    await first.clients.upsertRegistered('of-registration', { ...metadata, client_secret: NEW });
    await first.api('PUT', 'resource-servers', { identifier: 'https://admin.example', scopes: [] });
    await first.db.insert(oidcPayloads).values({
      model: 'RefreshToken',
      idHash: 'of service',
      payload: {},
      clientId: 'service',
    });
    await first.stop();

    const second = await start([APP, SERVICE], [API]);
    expect((await second.api('GET', 'clients/app')).body).toEqual(made);
    expect(await second.db.select().from(oidcPayloads)).toHaveLength(1);
    await second.stop();

    const third = await start([{ ...APP, client_name: 'App', client_secret: [NEW] }]);
    expect(await third.clients.find('app')).toMatchObject({ client_name: 'App' });
    expect(await third.clients.secretMatches('app', OLD)).toBe(false);
    expect(await third.clients.secretMatches('app', NEW)).toBe(true);
    expect(await third.clients.find('service')).toBeUndefined();
    expect(await third.db.select().from(oidcPayloads)).toEqual([]);
    expect(await ids(third)).toEqual(['app', 'of-admin', 'of-registration']);
    expect(await third.servers.find(API.identifier)).toBeUndefined();
    expect(await third.servers.find('https://admin.example')).toBeDefined();
    await third.stop();

    const fourth = await start([]);
    expect(await ids(fourth)).toEqual(['of-admin', 'of-registration']);
    await fourth.stop();
  }, 120_000);

  it('have two secrets while one takes over from the other', async () => {
    const bed = await start([{ ...APP, client_secret: [OLD, NEW] }]);
    expect(await bed.clients.secretMatches('app', OLD)).toBe(true);
    expect(await bed.clients.secretMatches('app', NEW)).toBe(true);
    await bed.stop();
  });

  it('are changed nowhere else', async () => {
    const bed = await start([APP], [API]);
    const asked = [
      ['PUT', 'clients/app', { metadata: { grant_types: ['client_credentials'] } }],
      ['PATCH', 'clients/app', { metadata: { client_name: 'Mine' } }],
      ['DELETE', 'clients/app'],
      ['PUT', 'resource-servers', { ...API, scopes: ['all'] }],
      ['DELETE', `resource-servers/${encodeURIComponent(API.identifier)}`],
    ] as const;
    for (const [method, path, body] of asked) {
      const { status } = await bed.api(method, path, body);
      expect([method, path, status]).toEqual([method, path, 409]);
    }
    const metadata = { grant_types: ['client_credentials'], client_secret: NEW };
    await expect(bed.clients.upsertRegistered('app', metadata)).rejects.toThrow('did not register');
    expect(await bed.clients.secretMatches('app', OLD)).toBe(true);
    expect(await bed.clients.find('app')).toMatchObject({ redirect_uris: APP.redirect_uris });
    expect(await bed.servers.find(API.identifier)).toMatchObject(API);
    await bed.stop();
  });

  it('never replace a client that was not declared', async () => {
    const first = await start([]);
    const { redirect_uris } = APP;
    const { body } = await first.api('POST', 'clients', {
      metadata: { client_id: 'app', redirect_uris, skip_consent: true },
    });
    await first.stop();
    await expect(start([APP])).rejects.toThrow(
      /^CLIENTS: the client_id app is .*\. Choose another one\.$/,
    );
    const again = await start([]);
    expect(await again.clients.secretMatches('app', body.secret)).toBe(true);
    expect(await again.clients.secretMatches('app', OLD)).toBe(false);
    await again.stop();
  });

  it('are named in each mistake, without a value', async () => {
    const secret = 'too-short';
    const mistakes = start([
      { ...APP, redirect_uris: ['http://app.example.com/'] },
      { ...APP, client_secret: secret },
      { ...SERVICE, client_secret: undefined },
      { ...SERVICE, client_id: 'patronus' },
      { ...SERVICE, client_id: 'twice', grants: [] },
      { ...SERVICE, client_id: 'p', grant_types: ['password'] },
      { ...SERVICE, client_id: 'q', token_endpoint_auth_method: 'none' },
      { ...SERVICE, client_id: undefined },
      SERVICE,
    ]);
    const message = await mistakes.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).not.toContain(secret);
    expect(message.split('\n')).toEqual([
      expect.stringContaining('CLIENTS.0.redirect_uris.0 must be https'),
      expect.stringContaining('CLIENTS.1.client_secret must have at least 32 characters'),
      expect.stringContaining('CLIENTS.2.client_secret is missing'),
      expect.stringContaining('CLIENTS.3.client_id is reserved for the platform.'),
      expect.stringContaining('CLIENTS.4 '),
      expect.stringContaining('CLIENTS.5.grant_types must not have password'),
      expect.stringContaining('CLIENTS.6.token_endpoint_auth_method must not be none'),
      expect.stringContaining('CLIENTS.7.client_id is missing'),
      expect.stringContaining('CLIENTS.8.client_id is used twice.'),
    ]);
  });

  it('end the start with the mistakes and nothing else', async () => {
    const PATRONUS_SERVER_DATA = join(tmpdir(), randomUUID());
    const clients = JSON.stringify([{ ...APP, client_secret: 'too-short' }]);
    const servers = JSON.stringify([API, API]);
    await RunningClinics.build();
    const platform = new RunningPlatform({ PATRONUS_SERVER_DATA, CLIENTS: clients });
    const told = new RunningPlatform({ PATRONUS_SERVER_DATA, RESOURCE_SERVERS: servers });

    expect(await platform.ended()).toMatchObject({ code: 1 });
    expect(platform.output).toMatch(/^CLIENTS\.0\.client_secret must have [^\n]*\n$/);
    expect(await told.ended()).toMatchObject({ code: 1 });
    expect(told.output).toMatch(/^RESOURCE_SERVERS\.1\.identifier is [^\n]*\n$/);
  }, 120_000);

  it('report invalid resource servers', async () => {
    const own = { ...API, identifier: 'http://localhost:4000/api' };
    await expect(start([], [API, API])).rejects.toThrow('RESOURCE_SERVERS.1.identifier');
    await expect(start([], [own])).rejects.toThrow(
      'RESOURCE_SERVERS.0.identifier is reserved for the platform',
    );
  });

  (name === 'embedded' ? it.skip : it)(
    'are made once by instances that start at once',
    async () => {
      storage = await platformStorage(name);
      const atOnce = async (secret: string) => {
        const clients = [{ ...APP, client_secret: secret }, SERVICE];
        const beds = await Promise.all(Array.from({ length: 5 }, () => start(clients, [API])));
        for (const bed of beds) {
          expect(await ids(bed)).toEqual(['app', 'service']);
          expect((await bed.api('GET', 'clients/app')).body.secrets).toHaveLength(1);
          expect(await bed.clients.secretMatches('app', secret)).toBe(true);
        }
        await Promise.all(beds.map((bed) => bed.stop()));
      };
      await atOnce(OLD);
      await atOnce(NEW);
    },
  );
});
