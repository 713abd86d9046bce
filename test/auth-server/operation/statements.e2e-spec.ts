import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq, inArray, sql } from 'drizzle-orm';
import {
  type DatabaseSession,
  PlatformDatabase,
  rowsOf,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import { PayloadRepository } from '../../../apps/auth-server/src/oauth/store/payload.repository.js';
import { z } from 'zod';
import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { until } from '../../environment/until.js';
import { PlatformBed } from '../support/platform-bed.js';
import { asOwner } from '../support/as-owner.js';
import { STORAGES } from '../support/platform-storage.js';

/** The models that an introspection asks for. */
const MODELS = ['AccessToken', 'ClientCredentials', 'RefreshToken'];
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
  let database: PlatformDatabase;
  let db: DatabaseSession;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    database = bed.app.get(PlatformDatabase, { strict: false });
    db = database.db;
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

  it('tell apart more models than one statement takes', async () => {
    const rows = bed.app.get(PayloadRepository, { strict: false });
    const models = ['AccessToken', 'ClientCredentials', 'RefreshToken', 'Grant', 'Session'];
    for (const model of models) {
      await rows.put({ ...NOBODY, model, idHash: 'five', payload: { of: model } });
    }
    const found = await Promise.all(models.map((model) => rows.findByHash(model, 'five')));
    expect(found.map((row) => row?.payload['of'])).toEqual(models);
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

  onServer('that find a token keep a plan that reads by keys, as the tables grow', async () => {
    const rows = bed.app.get(PayloadRepository, { strict: false });
    const look = async () => {
      for (let use = 0; use < 20; use += 1) {
        await rows.findByHash('AccessToken', `unknown-${use}`);
        await Promise.all(MODELS.map((model) => rows.findByHash(model, `unknown-${use}`)));
      }
      const [lookup] = await keptLookups(db);
      const nulls = Array.from({ length: lookup?.parameters ?? 0 }, () => 'null').join(', ');
      const plan = await db.execute(sql.raw(`explain execute "${lookup?.name}" (${nulls})`));
      return { customPlans: lookup?.customPlans, plan: JSON.stringify(rowsOf(plan)) };
    };
    const empty = await look();
    await fill(db);
    await asOwner(
      database,
      bed.storage.environment['DATABASE_URL'],
      'analyze sessions, oidc_payloads',
    );
    const full = await look();
    for (const { customPlans, plan } of [empty, full]) {
      expect(customPlans).toBe(5);
      expect(plan).toContain('Index Scan using oidc_payloads_model_id_hash_pk');
      expect(plan).toContain('Index Scan using sessions_pkey');
      expect(plan).not.toMatch(/Seq Scan|hashed SubPlan/);
    }
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
    const pooled = await openDatabase(settings);
    try {
      await expect(pooled.db.execute(sql`select pg_sleep(30)`)).rejects.toThrow();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const work = Array.from({ length: 3 }, () => pooled.db.transaction(() => released));
      await until(1, () => pooled.connections.waiting);
      expect(pooled.connections).toEqual({ open: 2, idle: 0, waiting: 1 });
      release();
      await Promise.all(work);
      expect(pooled.connections).toMatchObject({ waiting: 0 });
    } finally {
      await pooled.close();
    }
  });

  onServer('have their connections in the metrics', async () => {
    const { body } = await bed.api('GET', '/metrics');
    expect(body).toMatch(/^patronus_database_connections_open [1-9]\d*$/m);
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

interface KeptLookup {
  readonly name: string;
  readonly customPlans: number;
  readonly parameters: number;
}

/** The prepared statements of a connection that find a row of oidc-provider by its hash. */
async function keptLookups(session: DatabaseSession): Promise<readonly KeptLookup[]> {
  const answer: unknown = await session.execute(sql`
    select name, custom_plans::int as "customPlans",
      cardinality(parameter_types) as parameters
    from pg_prepared_statements
    where statement like '%from "oidc_payloads"%' and statement like '%"id_hash" = $1%'`);
  return z
    .array(
      z.object({
        name: z.string(),
        customPlans: z.number(),
        parameters: z.number(),
      }),
    )
    .parse(rowsOf(answer));
}

/** Adds 20,000 sessions with a token each. */
async function fill(session: DatabaseSession): Promise<void> {
  await session.execute(sql`
    with account as (
      insert into accounts (created_at, updated_at) values (now(), now()) returning id
    ), numbers as (
      select generate_series(1, 20000) as number
    ), opened as (
      insert into sessions (id, account_id, kind, authenticated_at, created_at, last_used_at,
        expires_at, device, address)
      select 'many-' || number, id, 'browser', now(), now(), now(), now() + interval '1 day',
        'Firefox', '192.0.2.1'
      from account, numbers
    )
    insert into oidc_payloads (model, id_hash, payload, session_uid, expires_at)
    select 'AccessToken', 'many-' || number, '{}', 'many-' || number, now() + interval '1 day'
    from numbers`);
}
