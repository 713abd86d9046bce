import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq, inArray, sql } from 'drizzle-orm';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { PayloadRepository } from '../../../apps/auth-server/src/oauth/store/payload.repository.js';
import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { until } from '../../environment/until.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const NOBODY = {
  grantId: null,
  uid: null,
  userCodeHash: null,
  sessionUid: null,
  accountId: null,
  clientId: null,
  expiresAt: null,
};

describe.each(STORAGES)('statements on %s', (storage) => {
  let bed: PlatformBed;
  let db: DatabaseSession;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    db = bed.app.get(PlatformDatabase, { strict: false }).db;
  });
  afterAll(() => bed.close());

  it('tell apart what is asked for at once by one hash', async () => {
    const rows = bed.app.get(PayloadRepository, { strict: false });
    await rows.put({ ...NOBODY, model: 'AccessToken', idHash: 'one', payload: { of: 'access' } });
    await rows.put({ ...NOBODY, model: 'RefreshToken', idHash: 'one', payload: { of: 'refresh' } });
    const models = ['AccessToken', 'ClientCredentials', 'RefreshToken', 'AccessToken'];
    const found = await Promise.all(models.map((model) => rows.findByHash(model, 'one')));
    expect(found.map((row) => row?.payload['of'])).toEqual([
      'access',
      undefined,
      'refresh',
      'access',
    ]);
  });

  it('read again in the next tick', async () => {
    const rows = bed.app.get(PayloadRepository, { strict: false });
    const row = { ...NOBODY, model: 'AccessToken', idHash: 'two', payload: { of: 'first' } };
    await rows.put(row);
    await rows.findByHash('AccessToken', 'two');
    await rows.put({ ...row, payload: { of: 'second' } });
    const after = await rows.findByHash('AccessToken', 'two');
    expect(after?.payload).toEqual({ of: 'second' });
  });

  const onServer = storage === 'embedded' ? it.skip : it;

  onServer('are planned once for each connection', async () => {
    const uses = await db.transaction(async (tx) => {
      const named = (name: string) => tx.select().from(accounts).where(eq(accounts.name, name));
      await named('Ana');
      await named('Bruno');
      return keptBy(tx, '"accounts"."name" = $1');
    });
    expect(uses).toEqual([2]);
  });

  onServer('of which there are many are not all kept', async () => {
    const uses = await db.transaction(async (tx) => {
      for (let length = 1; length <= 250; length += 1) {
        const names = Array.from({ length }, (_, index) => `${index}`);
        await tx.select({ id: accounts.id }).from(accounts).where(inArray(accounts.name, names));
      }
      return keptBy(tx, '"accounts"."name" in');
    });
    expect(uses.length).toBeGreaterThan(100);
    expect(uses.length).toBeLessThanOrEqual(200);
  });

  onServer('have the connections and the time that the settings give them', async () => {
    const own = { DATABASE_POOL_MAX: '2', DATABASE_STATEMENT_TIMEOUT: '1' };
    const settings = readSettings({ ...bed.storage.environment, ...own });
    const database = await openDatabase(settings);
    try {
      await expect(database.db.execute(sql`select pg_sleep(30)`)).rejects.toThrow();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const work = Array.from({ length: 3 }, () => database.db.transaction(() => released));
      await until(1, () => database.poolUse?.waiting);
      expect(database.poolUse).toEqual({ open: 2, idle: 0, waiting: 1 });
      release();
      await Promise.all(work);
      expect(database.poolUse).toMatchObject({ waiting: 0 });
    } finally {
      await database.close();
    }
  });

  onServer('have their connections in the metrics', async () => {
    const { body } = await bed.api('GET', '/metrics');
    expect(body).toMatch(/^patronus_database_connections [1-9]\d*$/m);
    expect(body).toMatch(/^patronus_database_connections_idle \d+$/m);
    expect(body).toMatch(/^patronus_database_connections_awaited 0$/m);
  });
});

/** Counts the uses of prepared statements with a text in them. Its own query has no values, so it is not prepared. */
async function keptBy(session: DatabaseSession, text: string): Promise<unknown[]> {
  const answer: unknown = await session.execute(sql`
    select (generic_plans + custom_plans)::int as uses from pg_prepared_statements
    where position(${sql.raw(`'${text}'`)} in statement) > 0`);
  const rows: unknown = Reflect.get(Object(answer), 'rows');
  return Array.isArray(rows) ? rows.map((row: { uses: number }) => row.uses) : [];
}
