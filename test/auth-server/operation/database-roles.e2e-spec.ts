import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantContext } from '@patronus/nestjs';
import { tenantDrizzle } from '@patronus/nestjs/drizzle';
import { assertTenantIsolation, type Queryable } from '@patronus/nestjs/postgres';
import { sql } from 'drizzle-orm';
import {
  PlatformDatabase,
  type DatabaseSession,
  sqlStateOf,
} from '../../../apps/auth-server/src/operation/database/database.js';
import { TENANT_ROLE } from '../../../apps/auth-server/src/operation/database/roles.js';
import { asOwner, rowsOf } from '../support/as-owner.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const INSUFFICIENT_PRIVILEGE = '42501';
const WIDGETS = 'widgets';

/** Statements beyond rows. The server never needs one. */
const BEYOND_ROWS = [
  'create table extra (id int)',
  'create temporary table accounts (id int)',
  'create table extra as select * from accounts',
  'create view extra as select * from accounts',
  'create index extra on accounts (name)',
  'create schema extra',
  'create function extra() returns int language sql as $$ select 1 $$',
  'create or replace function applied_migration() returns bigint language sql as $$ select 1 $$',
  'create trigger extra before insert on accounts for each row execute function suppress_redundant_updates_trigger()',
  'create policy extra on accounts using (true)',
  'create role extra',
  'alter table accounts add column extra text',
  'alter table accounts rename to extra',
  'alter table accounts disable trigger all',
  'alter table accounts owner to patronus_server',
  `alter table ${WIDGETS} disable row level security`,
  `alter table ${WIDGETS} no force row level security`,
  `drop policy patronus_tenant_only on ${WIDGETS}`,
  `select isolate_tenant_table('accounts', 'name')`,
  'alter role patronus_server superuser',
  'drop table accounts',
  'drop function applied_migration()',
  'drop schema public cascade',
  'truncate accounts',
  'truncate accounts cascade',
  'lock table accounts in access exclusive mode nowait; truncate accounts',
  'set session_replication_role = replica',
  "copy accounts to program 'cat'",
  'select * from drizzle.__drizzle_migrations',
  'delete from drizzle.__drizzle_migrations',
  'select rolpassword from pg_authid',
];

/** Tables on which the server has fewer rights than on others. Partitions are reached through their parents. */
const FEWER_RIGHTS: readonly [RegExp, readonly string[]][] = [
  [/^audit_(?:events|positions)$/, ['select', 'insert']],
  [/^audit_(?:events|positions)_/, []],
  [/^audit_gaps$/, ['select']],
  [/^(?:audit_subjects|event_counters)$/, ['select', 'insert', 'update']],
];

describe.each(STORAGES)('the platform on %s', (storage) => {
  let bed: PlatformBed;
  let database: PlatformDatabase;
  let db: DatabaseSession;
  const owner = (...statements: string[]) =>
    asOwner(database, bed.storage.environment['DATABASE_URL'], ...statements);

  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
    database = bed.app.get(PlatformDatabase, { strict: false });
    ({ db } = database);
    await owner(
      `create table ${WIDGETS} (id text primary key, organisation_id uuid not null, name text)`,
      `select isolate_tenant_table('${WIDGETS}', 'organisation_id')`,
    );
  }, 60_000);
  afterAll(async () => {
    await owner(`drop table ${WIDGETS}`);
    await bed.close();
  });

  const read = async (text: string, session: DatabaseSession = db) =>
    rowsOf(await session.execute(sql.raw(text)));
  const stateOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => sqlStateOf(error),
    );

  it('acts as patronus_server, in single statements and in transactions', async () => {
    const text = 'select current_user as role';
    expect(await read(text)).toEqual([{ role: 'patronus_server' }]);
    expect(await db.transaction((tx) => read(text, tx))).toEqual([{ role: 'patronus_server' }]);
  });

  it.each(BEYOND_ROWS)('may not: %s', async (text) => {
    const statements = text.split('; ');
    const inTransaction = db.transaction(async (tx) => {
      for (const one of statements) await tx.execute(sql.raw(one));
    });
    expect(await stateOf(inTransaction)).toBe(INSUFFICIENT_PRIVILEGE);
    if (statements.length > 1) return;
    expect(await stateOf(read(text))).toBe(INSUFFICIENT_PRIVILEGE);
  });

  it('reads and writes the rows of every table, and has no other right', async () => {
    const found = await read(`
      select c.relname as name, role, array(
        select right_name from unnest(array[
          'select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as right_name
        where has_table_privilege(role, c.oid, right_name)) as rights
      from pg_class c, unnest(array['patronus_server', 'patronus_tenant', 'public']) as role
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`);
    expect(found.length).toBeGreaterThan(30);
    const rows = ['select', 'insert', 'update', 'delete'];
    for (const { name, role, rights } of found) {
      const isGiven = role === 'patronus_server' || (role === TENANT_ROLE && name === WIDGETS);
      const most = FEWER_RIGHTS.find(([tables]) => tables.test(String(name)))?.[1] ?? rows;
      expect({ name, role, rights }).toEqual({ name, role, rights: isGiven ? most : [] });
    }
  });

  it('gets the rights on tables and sequences that later migrations create', async () => {
    await owner('create table later (id serial primary key, name text)');
    try {
      await read(`insert into later (name) values ('a')`);
      expect(await read('select id, name from later')).toEqual([{ id: 1, name: 'a' }]);
      expect(await stateOf(read(`select setval('later_id_seq', 7)`))).toBe(INSUFFICIENT_PRIVILEGE);
    } finally {
      await owner('drop table later');
    }
  });

  it('has no function with the rights of the owner that every role can call', async () => {
    const open = `
      select proname as name from pg_proc
      where pronamespace = 'public'::regnamespace and prosecdef
        and has_function_privilege('public', oid, 'execute')`;
    expect(await read(open)).toEqual([]);
    await owner(
      'create function open_to_all() returns int language sql security definer as $$ select 1 $$',
    );
    try {
      expect(await read(open)).toEqual([{ name: 'open_to_all' }]);
    } finally {
      await owner('drop function open_to_all()');
    }
  });

  it('has few functions that the server can call', async () => {
    const callable = `
      select proname as name from pg_proc
      where pronamespace = 'public'::regnamespace
        and has_function_privilege('patronus_server', oid, 'execute') order by 1`;
    expect(await read(callable)).toEqual(
      [
        'applied_migration',
        'audit_drop_emptied',
        'audit_empty_expired',
        'audit_make_partitions',
      ].map((name) => ({ name })),
    );
  });

  describe('in a table of organisations', () => {
    const [here, there] = [
      '00000000-0000-4000-8000-000000000001',
      '00000000-0000-4000-8000-000000000002',
    ];
    let tenant: TenantContext;
    beforeAll(async () => {
      tenant = bed.app.get(TenantContext, { strict: false });
      await read(
        `insert into ${WIDGETS} values ('a', '${here}', 'ours'), ('b', '${there}', 'theirs')`,
      );
    });

    const bridge = () => tenantDrizzle(db, tenant, { role: TENANT_ROLE });
    const inHere = (text: string) =>
      tenant.run(here, () => bridge().transaction((tx) => read(text, tx)));

    it('keeps organisations apart, as the library proves', async () => {
      const client: unknown = Reflect.get(db, '$client');
      if (!isQueryable(client)) throw new Error('there is no client');
      const options = { column: 'organisation_id', role: TENANT_ROLE };
      await expect(assertTenantIsolation(client, options)).resolves.toBeUndefined();
      await owner(
        `drop policy patronus_tenant_only on ${WIDGETS}`,
        `alter policy patronus_tenant on ${WIDGETS} using (true)`,
      );
      await expect(assertTenantIsolation(client, options)).rejects.toThrow('do not bind');
      await owner(`select isolate_tenant_table('${WIDGETS}', 'organisation_id')`);
      await expect(assertTenantIsolation(client, options)).resolves.toBeUndefined();
    });

    it('sees the rows of all as patronus_server', async () => {
      expect(await read(`select id from ${WIDGETS} order by id`)).toEqual([
        { id: 'a' },
        { id: 'b' },
      ]);
    });

    it('sees and changes the rows of one as patronus_tenant, by the bridge of the library', async () => {
      expect(await inHere('select current_user as role')).toEqual([{ role: TENANT_ROLE }]);
      expect(await inHere(`select id from ${WIDGETS}`)).toEqual([{ id: 'a' }]);
      expect(await inHere(`update ${WIDGETS} set name = 'new' returning id`)).toEqual([
        { id: 'a' },
      ]);
      expect(await inHere(`delete from ${WIDGETS} where id = 'b' returning id`)).toEqual([]);
      const foreign = `insert into ${WIDGETS} values ('c', '${there}', 'slipped in')`;
      expect(await stateOf(inHere(foreign))).toBe(INSUFFICIENT_PRIVILEGE);
    });

    it('does so in a transaction that it is given, which the server began', async () => {
      const seen = await tenant.run(here, () =>
        db.transaction(async (tx) => {
          const before = await read(`select count(*)::int as rows from ${WIDGETS}`, tx);
          const own = await bridge().join(tx, (joined) =>
            read(`select id from ${WIDGETS}`, joined),
          );
          return { before, own };
        }),
      );
      expect(seen).toEqual({ before: [{ rows: 2 }], own: [{ id: 'a' }] });
      expect(await read('select current_user as role')).toEqual([{ role: 'patronus_server' }]);
    });

    it('sees none as patronus_tenant without an organisation', async () => {
      const seen = await db.transaction(async (tx) => {
        await tx.execute(sql.raw(`set local role ${TENANT_ROLE}`));
        return read(`select id from ${WIDGETS}`, tx);
      });
      expect(seen).toEqual([]);
    });

    it.each([
      `select id from accounts`,
      `truncate ${WIDGETS}`,
      `alter table ${WIDGETS} disable row level security`,
      `set local row_security = off; select id from ${WIDGETS}`,
    ])('may not, as patronus_tenant: %s', async (text) => {
      const work = tenant.run(here, () =>
        bridge().transaction(async (tx) => {
          for (const one of text.split('; ')) await tx.execute(sql.raw(one));
        }),
      );
      expect(await stateOf(work)).toBe(INSUFFICIENT_PRIVILEGE);
    });

    it('cannot be made of a column that is missing or of another type', async () => {
      for (const column of ['tenant', 'organisation']) {
        const failing = owner(
          'create table if not exists other (organisation int[])',
          `select isolate_tenant_table('other', '${column}')`,
        );
        await expect(failing).rejects.toThrow();
      }
      await owner('drop table other');
    });
  });
});

function isQueryable(value: unknown): value is Queryable {
  return typeof value === 'object' && value !== null && 'query' in value;
}
