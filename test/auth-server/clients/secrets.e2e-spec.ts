import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { clientSecrets } from '../../../apps/auth-server/src/oauth/clients/clients.table.js';
import { ClientsBed } from './clients-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const SERVICE = { grant_types: ['client_credentials'] };
const DECLARED_SECRET = 'declared-secret-declared-secret-1';

describe.each(STORAGES)('the secrets of clients on %s', (storage) => {
  let bed: ClientsBed;
  beforeAll(async () => {
    const declared = [{ ...SERVICE, client_id: 'declared', client_secret: DECLARED_SECRET }];
    bed = await ClientsBed.start(storage, { CLIENTS: JSON.stringify(declared) });
  });
  afterAll(() => bed.close());

  const create = async (metadata: object = SERVICE): Promise<{ id: string; secret: string }> =>
    (await bed.api('POST', 'clients', { metadata })).body;
  const rotate = (id: string, body?: object) => bed.api('POST', `clients/${id}/secrets`, body);
  const listed = async (id: string): Promise<{ id: string; expiresAt: string | null }[]> =>
    (await bed.api('GET', `clients/${id}`)).body.secrets;
  const remove = (id: string, secretId: string | undefined) =>
    bed.api('DELETE', `clients/${id}/secrets/${secretId}`);

  it('work side by side until the old one is removed', async () => {
    const { id, secret: old } = await create();
    const { status, headers, body } = await rotate(id);
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await bed.clients.secretMatches(id, old)).toBe(true);
    expect(await bed.clients.secretMatches(id, body.secret)).toBe(true);

    const [first, second] = await listed(id);
    expect(second).toEqual({ id: body.id, createdAt: body.createdAt, expiresAt: null });
    expect((await remove(id, first?.id)).status).toBe(204);
    expect(await bed.clients.secretMatches(id, old)).toBe(false);
    expect(await bed.clients.secretMatches(id, body.secret)).toBe(true);
  });

  it('are two at most', async () => {
    const { id } = await create();
    await rotate(id);
    expect(await rotate(id)).toMatchObject({
      status: 409,
      body: { code: 'conflict', details: { remedy: expect.stringContaining('Delete one') } },
    });
  });

  it('never go below one', async () => {
    const { id } = await create();
    const [only] = await listed(id);
    expect((await remove(id, only?.id)).status).toBe(409);
    expect(await listed(id)).toHaveLength(1);
    expect((await remove(id, 'another')).status).toBe(404);
    expect((await remove('nobody', only?.id)).status).toBe(404);
  });

  it('are removed with their own client only', async () => {
    const [one, other] = [await create(), await create()];
    await rotate(other.id);
    const [foreign] = await listed(other.id);
    await rotate(one.id);
    expect((await remove(one.id, foreign?.id)).status).toBe(404);
    expect(await bed.clients.secretMatches(other.id, other.secret)).toBe(true);
  });

  it('expire at the requested time, and allow another one', async () => {
    const { id, secret: old } = await create();
    const previousExpiresAt = new Date(bed.clock.now().getTime() + 60_000).toISOString();
    const { body } = await rotate(id, { previousExpiresAt });
    expect((await listed(id)).map(({ expiresAt }) => expiresAt)).toEqual([previousExpiresAt, null]);
    expect(await bed.clients.secretMatches(id, old)).toBe(true);
    bed.clock.advance(61);
    expect(await bed.clients.secretMatches(id, old)).toBe(false);
    expect(await listed(id)).toHaveLength(1);
    expect((await remove(id, body.id)).status).toBe(409);
    expect((await rotate(id)).status).toBe(201);
    expect(
      await bed.db.select().from(clientSecrets).where(eq(clientSecrets.clientId, id)),
    ).toHaveLength(2);
    expect((await rotate(id, { previousExpiresAt: 'tomorrow' })).status).toBe(400);
  });

  it('are not for clients that have none', async () => {
    const { id } = await create({
      redirect_uris: ['https://a.example/'],
      token_endpoint_auth_method: 'none',
    });
    expect((await rotate(id)).status).toBe(409);
  });

  it('of a declared client are those of the environment', async () => {
    expect(await bed.clients.secretMatches('declared', DECLARED_SECRET)).toBe(true);
    expect(await rotate('declared')).toMatchObject({
      status: 409,
      body: { details: { remedy: expect.stringContaining('CLIENTS') } },
    });
  });

  it('are never more than two and never none, also with parallel requests', async () => {
    const { id } = await create();
    const made = await Promise.all(Array.from({ length: 100 }, () => rotate(id)));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(made.filter(({ status }) => status === 409)).toHaveLength(99);
    const both = await listed(id);
    expect(both).toHaveLength(2);
    const removed = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => remove(id, both[turn % 2]?.id)),
    );
    expect(removed.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await listed(id)).toHaveLength(1);
  });

  it('are kept nowhere in clear, and said nowhere but once', async () => {
    const logged: unknown[] = [];
    const methods = ['log', 'warn', 'error', 'debug', 'verbose'] as const;
    const spies = methods.map((method) =>
      jest.spyOn(Logger.prototype, method).mockImplementation((...said) => void logged.push(said)),
    );
    const registered = `registered-${'x'.repeat(40)}`;
    await bed.clients.upsertRegistered('registered', { ...SERVICE, client_secret: registered });
    expect(await bed.clients.secretMatches('registered', registered)).toBe(true);
    const { id, secret } = await create();
    const { body } = await rotate(id);
    await rotate(id);
    await remove(id, 'x');
    spies.forEach((spy) => spy.mockRestore());

    const answers = await Promise.all([
      bed.api('GET', 'clients?limit=200'),
      bed.api('GET', `clients/${id}`),
      bed.clients.find(id),
    ]);
    const everything = JSON.stringify([logged, answers, await dump()]);
    expect(everything).toContain(id);
    for (const one of [secret, body.secret, registered, DECLARED_SECRET]) {
      expect(everything).not.toContain(one);
    }
  });

  /** All rows of all tables. */
  async function dump(): Promise<unknown[]> {
    const rowsOf = (result: unknown): Record<string, unknown>[] =>
      Reflect.get(Object(result), 'rows');
    const tables = rowsOf(
      await bed.db.execute(
        sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
      ),
    );
    expect(tables.length).toBeGreaterThan(5);
    const all = [];
    for (const { name } of tables) {
      all.push(rowsOf(await bed.db.execute(sql`select * from ${sql.identifier(String(name))}`)));
    }
    return all;
  }
});
