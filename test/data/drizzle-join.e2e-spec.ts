import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PatronusConfigurationError, type TenantContext } from '@patronus/nestjs';
import { tenantDrizzle } from '@patronus/nestjs/drizzle';
import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { drizzle as drizzleOnPGlite } from 'drizzle-orm/pglite';
import { databaseUrl } from '../environment/services.js';
import { type Bed, pgliteBed, postgresBed, SEED } from './tenant-database-bed.js';
import { tenantContext } from './tenant-context.js';

const patients = pgTable('patients', {
  id: text().primaryKey(),
  tenant_id: text().notNull(),
  name: text().notNull(),
});

type Database = ReturnType<typeof drizzle>;
type Opened = { readonly bed: Bed; readonly db: Database; readonly role: string | undefined };

async function onPGlite(): Promise<Opened> {
  const bed = await pgliteBed();
  const db: unknown = drizzleOnPGlite({ client: bed.pglite });
  return { bed, db: db as Database, role: bed.role };
}

async function onPostgres(): Promise<Opened> {
  const bed = await postgresBed();
  return { bed, db: drizzle(bed.pool({ max: 1 })), role: undefined };
}

const OPENS: readonly (readonly [string, () => Promise<Opened>])[] =
  databaseUrl() === undefined
    ? [['PGlite', onPGlite]]
    : [
        ['PGlite', onPGlite],
        ['PostgreSQL', onPostgres],
      ];

describe.each(OPENS)('tenantDrizzle in a transaction of its caller, on %s', (_name, open) => {
  let tenant: TenantContext;
  let opened: Opened;
  beforeAll(async () => {
    tenant = await tenantContext();
    opened = await open();
  });
  beforeEach(() => opened.bed.admin(SEED));
  afterAll(() => opened.bed.close());

  const handle = () => tenantDrizzle(opened.db, tenant, { role: opened.role });
  const inA = <Result>(work: () => Promise<Result>) => tenant.run('clinic-a', work);
  const names = async () =>
    (await opened.bed.admin('select * from patients order by id')).map(({ name }) => name);

  it('sees and changes the rows of its tenant alone', async () => {
    const seen = await inA(() =>
      opened.db.transaction((tx) =>
        handle().join(tx, async (own) => {
          await own.update(patients).set({ name: 'X' });
          return own.select().from(patients);
        }),
      ),
    );
    expect(seen.map(({ id }) => id).toSorted()).toEqual(['a1', 'a2']);
    expect(await names()).toEqual(['X', 'X', 'Barbara']);
  });

  it('is committed and rolled back by the caller', async () => {
    const failure = new Error('enough');
    const failing = inA(() =>
      opened.db.transaction(async (tx) => {
        await handle().join(tx, (own) => own.update(patients).set({ name: 'X' }));
        throw failure;
      }),
    );
    await expect(failing).rejects.toBe(failure);
    expect(await names()).toEqual(['Ada', 'Alan', 'Barbara']);
    const thrown = inA(() =>
      opened.db.transaction((tx) => handle().join(tx, () => Promise.reject(failure))),
    );
    await expect(thrown).rejects.toBe(failure);
  });

  it('is part of what is open where it is asked for in between', async () => {
    const both = handle();
    const seen = await inA(() =>
      opened.db.transaction((tx) =>
        both.join(tx, async (own) => {
          await own.update(patients).set({ name: 'X' });
          const nested = await both.transaction((inner) => inner.select().from(patients));
          const again = await both.join(tx, (inner) => inner.select().from(patients));
          return [...nested, ...again];
        }),
      ),
    );
    expect(seen.map(({ name }) => name)).toEqual(['X', 'X', 'X', 'X']);
    const own = await inA(() =>
      both.transaction((tx) => both.join(tx, (inner) => inner.select().from(patients))),
    );
    expect(own).toHaveLength(2);
  });

  it('refuses the transaction of another tenant, and runs nothing', async () => {
    let ran = false;
    const crossing = opened.db.transaction(async (tx) => {
      await tenant.run('clinic-b', () => handle().join(tx, (own) => own.select().from(patients)));
      await inA(() =>
        handle().join(tx, () => {
          ran = true;
          return Promise.resolve();
        }),
      );
    });
    await expect(crossing).rejects.toMatchObject({
      code: 'tenant_mismatch',
      reason: expect.stringContaining('belongs to another tenant'),
    });
    expect(ran).toBe(false);
  });

  it('reads the tenant of a transaction from a driver that returns the rows alone', async () => {
    const crossing = opened.db.transaction(async (tx) => {
      await tenant.run('clinic-b', () => handle().join(tx, () => Promise.resolve()));
      const execute = async (query: SQL) => (await tx.execute(query)).rows;
      const rowsAlone = { execute, rollback: () => tx.rollback() };
      await inA(() => handle().join(rowsAlone as never, () => Promise.resolve()));
    });
    await expect(crossing).rejects.toMatchObject({ code: 'tenant_mismatch' });
  });

  it.each([[undefined], [[]], [{ rows: [] }], [{ rows: [{ known: 'clinic-a' }] }]])(
    'refuses a transaction that answers %j when it is asked for its tenant',
    async (answer) => {
      const mute = { execute: () => Promise.resolve(answer), rollback: () => undefined };
      const joined = inA(() => handle().join(mute as never, () => Promise.resolve()));
      await expect(joined).rejects.toThrow('did not say which tenant');
    },
  );

  it('takes the transaction of its own tenant again', async () => {
    const twice = inA(() =>
      opened.db.transaction(async (tx) => {
        await handle().join(tx, (own) => own.update(patients).set({ name: 'X' }));
        return handle().join(tx, (own) => own.select().from(patients));
      }),
    );
    expect((await twice).map(({ name }) => name)).toEqual(['X', 'X']);
  });

  it('leaves the tenant of the transaction until that ends, and none after it', async () => {
    const read = sql`select current_setting('app.tenant_id', true) as tenant`;
    const tenants = await inA(() =>
      opened.db.transaction(async (tx) => {
        await handle().join(tx, () => Promise.resolve());
        return (await tx.execute(read)).rows;
      }),
    );
    expect(tenants).toEqual([{ tenant: 'clinic-a' }]);
    expect((await opened.db.execute(read)).rows).not.toContainEqual({ tenant: 'clinic-a' });
  });

  it('refuses where there is no tenant, and a database in place of a transaction', async () => {
    const none = opened.db.transaction((tx) => handle().join(tx, () => Promise.resolve()));
    await expect(none).rejects.toMatchObject({ code: 'tenant_required' });
    const database: unknown = opened.db;
    type Given = Parameters<Parameters<Database['transaction']>[0]>[0];
    const given = inA(() => handle().join(database as Given, () => Promise.resolve()));
    await expect(given).rejects.toThrow(PatronusConfigurationError);
    await expect(given).rejects.toThrow('was given a database instead of a transaction');
  });
});

it('tenantDrizzle refuses a database whose transactions show no session', async () => {
  const tenant = await tenantContext();
  const ran: string[] = [];
  const other = {
    transaction: (work: (transaction: object) => unknown) =>
      Promise.resolve(work({ execute: () => ran.push('execute'), rollback: () => undefined })),
  };
  const handle = tenantDrizzle(other as never, tenant);
  await expect(
    tenant.run('clinic-a', () => handle.transaction(() => Promise.resolve())),
  ).rejects.toThrow('on a single connection');
  expect(ran).toEqual([]);
});
