import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tenantKysely } from '@patronus/nestjs/kysely';
import { assertSchemaIsolation, TenantDatabase } from '@patronus/nestjs/postgres';
import { tenantPrisma } from '@patronus/nestjs/prisma';
import { tenantDataSource } from '@patronus/nestjs/typeorm';
import { databaseUrl } from '../environment/services.js';
import { SeparateTenantsBed, TENANTS } from './separate-tenants-bed.js';

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres('a schema for each tenant', () => {
  let bed: SeparateTenantsBed;
  beforeAll(async () => void (bed = await SeparateTenantsBed.start()));
  afterEach(() => bed.endTest());
  afterAll(() => bed.close());

  const on = (schema: (id: string) => string | undefined) =>
    new TenantDatabase(bed.pool, bed.tenant, { schema });
  const list = (database: TenantDatabase, id = 'norte') =>
    bed.tenant.run(
      id,
      async () => (await database.query<{ id: string }>('select id from notes')).rows,
    );

  it('falls back to no other schema', async () => {
    await expect(list(on(() => 'oeste'))).rejects.toThrow('relation "notes" does not exist');
    for (const schema of ['$user', undefined]) {
      await expect(list(on(() => schema))).rejects.toMatchObject({ code: 'tenant_unknown' });
    }
    await expect(list(on(() => 'x'.repeat(64)))).rejects.toThrow(
      'is not a valid name in PostgreSQL',
    );
    await expect(list(on(() => 'sur, public'))).rejects.toThrow('does not exist');
    await expect(list(on(() => 'norte"; drop table sur.notes; --'))).rejects.toThrow();
  });

  it('leaves nothing behind for the next transaction on the connection', async () => {
    const single = bed.bed.pool({ max: 1 });
    const database = new TenantDatabase(single, bed.tenant, { schema: bed.schema });
    await bed.tenant.run('norte', () =>
      database.query("create temp table notes as select 'temp-of-norte' as id"),
    );
    const rows = await list(database, 'sur');
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(['sur-1']));
    expect(rows.map(({ id }) => id)).not.toContain('temp-of-norte');
    expect((await single.query('show search_path')).rows).toEqual([
      { search_path: '"$user", public' },
    ]);
  });

  it('is refused where a library names schemas itself', () => {
    const options: object = { schema: bed.schema };
    for (const make of [
      () => tenantKysely({} as never, bed.tenant, options),
      () => tenantDataSource({} as never, bed.tenant, options),
      () => tenantPrisma({} as never, bed.tenant, options),
    ]) {
      expect(make).toThrow('.schema: is not an option.');
    }
    expect(() => new TenantDatabase(bed.pool, bed.tenant, { schema: 'norte' as never })).toThrow(
      'TenantDatabase.schema: is not a function.',
    );
  });

  it.each<[string, string, string]>([
    ['a view', 'create view norte.all_notes as select * from sur.notes', 'norte.all_notes'],
    [
      'a materialized view',
      'create materialized view norte.kept as select * from sur.notes',
      'norte.kept',
    ],
    ['a foreign key', 'create table norte.links (id text references sur.notes)', 'norte.links'],
    ['inheritance', 'create table norte.more () inherits (sur.notes)', 'norte.more'],
    [
      'a partition',
      `create table norte.parts (id text) partition by list (id);
       create table sur.part partition of norte.parts default`,
      'norte.parts',
    ],
  ])('is asserted: %s that leads to another tenant is found', async (_what, change, name) => {
    const admin = await bed.admin();
    await admin.query(`begin; ${change}`);
    await expect(assertSchemaIsolation(admin, bed.schema, TENANTS)).rejects.toThrow(name);
    await admin.query('rollback');
    await expect(assertSchemaIsolation(admin, bed.schema, TENANTS)).resolves.toBeUndefined();
  });

  it('is asserted: each tenant has a schema of its own that exists', async () => {
    const verdict = (
      schema: (id: string) => string | undefined,
      ids: readonly string[] = TENANTS,
    ) => assertSchemaIsolation(bed.pool, schema, ids);
    await expect(verdict(bed.schema)).resolves.toBeUndefined();
    await expect(verdict(() => 'norte')).rejects.toThrow('sur: has the schema of norte.');
    await expect(verdict(bed.schema, ['este'])).rejects.toThrow('este: has no schema.');
    await expect(verdict((id) => `${id}_x`)).rejects.toThrow('schema norte_x: does not exist.');
    await expect(verdict(bed.schema, [])).rejects.toThrow('assertSchemaIsolation.tenantIds');
  });
});
