import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { clients } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { redisUrl } from '../../environment/services.js';
import { ClientsBed } from './clients-bed.js';
import { CuttableLink } from '../support/cuttable-link.js';
import { platformStorage, type PlatformStorage } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const SERVICE = { grant_types: ['client_credentials'] };
const SERVER = { identifier: 'https://api.example.com', scopes: ['patients.read'] };

const named = async (bed: ClientsBed, id: string): Promise<unknown> =>
  (await bed.clients.find(id))?.['client_name'];

/** Values that only a read of the database shows. */
const rename = (bed: ClientsBed, id: string, name: string) =>
  bed.db
    .update(clients)
    .set({ metadata: { ...SERVICE, token_endpoint_auth_method: 'none', client_name: name } })
    .where(eq(clients.id, id));

describe('clients that are remembered in memory', () => {
  let bed: ClientsBed;
  beforeEach(async () => {
    bed = await ClientsBed.start('embedded');
  });
  afterEach(() => bed.close());

  it('are read from the database again within five seconds', async () => {
    const { id } = (await bed.api('POST', 'clients', { metadata: SERVICE })).body;
    expect(await named(bed, id)).toBeUndefined();
    await rename(bed, id, 'Changed');
    expect(await named(bed, id)).toBeUndefined();
    await until(true, async () => (await named(bed, id)) === 'Changed');
  });

  it('are read from the database once for parallel requests, and again after a change', async () => {
    const { id } = (await bed.api('POST', 'clients', { metadata: SERVICE })).body;
    await bed.clients.forget([id]);
    const select = jest.spyOn(bed.db, 'select');
    await Promise.all(Array.from({ length: 20 }, () => bed.clients.find(id)));
    expect(select).toHaveBeenCalledTimes(1);
    await bed.clients.forget([id]);
    const before = named(bed, id);
    await rename(bed, id, 'Changed');
    await bed.clients.forget([id]);
    expect(await named(bed, id)).toBe('Changed');
    await before;
    expect(await named(bed, id)).toBe('Changed');
    select.mockRestore();
  });
});

(redisUrl() === undefined ? describe.skip : describe)(
  'clients that are remembered in Redis',
  () => {
    let storage: PlatformStorage;
    let link: CuttableLink;
    let bed: ClientsBed;
    let other: ClientsBed;
    beforeEach(async () => {
      storage = await platformStorage('PostgreSQL + Redis');
      link = await CuttableLink.to(redisUrl() ?? '');
      bed = await ClientsBed.start(storage, { REDIS_URL: link.url });
      other = await ClientsBed.start(storage);
    });
    afterEach(async () => {
      await Promise.all([bed.stop(), other.stop()]);
      await link.close();
      await storage.clear();
    });

    const create = async (): Promise<{ id: string; secret: string; secrets: { id: string }[] }> =>
      (await bed.api('POST', 'clients', { metadata: SERVICE })).body;

    it('are asked of the database once by all instances', async () => {
      const { id } = await create();
      expect(await named(bed, id)).toBeUndefined();
      await rename(bed, id, 'Changed');
      expect(await named(other, id)).toBeUndefined();
    });

    it('show a change of one instance to the others', async () => {
      const { id } = await create();
      await bed.api('PUT', 'resource-servers', SERVER);
      await other.servers.find(SERVER.identifier);
      await other.clients.find(id);
      await bed.api('PATCH', `clients/${id}`, { metadata: { client_name: 'New' } });
      await until(true, async () => (await named(other, id)) === 'New');
      await bed.api('PUT', 'resource-servers', { ...SERVER, scopes: [] });
      await until(
        true,
        async () => (await other.servers.find(SERVER.identifier))?.scopes.length === 0,
      );
      await bed.api('DELETE', `clients/${id}`);
      await until(true, async () => (await other.clients.find(id)) === undefined);
    });

    it('are refused on every instance after their secret is deleted', async () => {
      const { id, secret, secrets } = await create();
      await bed.api('POST', `clients/${id}/secrets`);
      expect(await other.clients.secretMatches(id, secret)).toBe(true);
      await bed.api('DELETE', `clients/${id}/secrets/${secrets[0]?.id}`);
      expect(await other.clients.secretMatches(id, secret)).toBe(false);
    });

    it.each(['cut', 'stall'] as const)(
      'are read from the database when the link is %s',
      async (how) => {
        const { id } = await create();
        await bed.api('PUT', 'resource-servers', SERVER);
        await bed.clients.find(id);
        link[how]();
        await bed.api('PATCH', `clients/${id}`, { metadata: { client_name: 'New' } });
        expect(await named(bed, id)).toBe('New');
        expect(await bed.servers.find(SERVER.identifier)).toMatchObject(SERVER);
        await until(true, async () => (await named(other, id)) === 'New');
        await bed.api('PATCH', `clients/${id}`, { metadata: { client_name: 'Newer' } });
        expect(await named(bed, id)).toBe('Newer');
        link.mend();
        await until(true, async () => {
          expect(await named(bed, id)).toBe('Newer');
          return (await named(other, id)) === 'Newer';
        });
      },
    );

    it('are read from the database when there was never a Redis', async () => {
      const { id } = await create();
      const alone = await ClientsBed.start(storage, { REDIS_URL: 'redis://127.0.0.1:1' });
      expect(await alone.clients.find(id)).toMatchObject({ client_id: id });
      await alone.stop();
    });
  },
);
