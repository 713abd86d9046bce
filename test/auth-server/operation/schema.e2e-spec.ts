import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getTableColumns, getTableName, is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';

const SOURCE = `${import.meta.dirname}/../../../apps/auth-server/src`;

/** Every table of every room. */
async function tables(): Promise<PgTable[]> {
  const files = globSync('**/*.table.ts', { cwd: SOURCE });
  const rooms = await Promise.all(
    files.map((file): Promise<Record<string, unknown>> => import(`${SOURCE}/${file}`)),
  );
  return rooms.flatMap((room) => Object.values(room)).filter((value) => is(value, PgTable));
}

describe.each(STORAGES)('the tables of the platform on %s', (storage) => {
  let bed: PlatformBed;
  beforeAll(async () => {
    bed = await PlatformBed.start({ storage });
  });
  afterAll(() => bed.close());

  it('are those that the code knows, made by the migrations', async () => {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const found = await db.execute(sql`
      select table_name || '.' || column_name || ' ' || data_type
        || case is_nullable when 'YES' then '' else ' not null' end as is
      from information_schema.columns where table_schema = 'public'`);
    const rows: unknown = Reflect.get(Object(found), 'rows');
    const expected = (await tables()).flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => {
        const type = column.getSQLType().endsWith('[]') ? 'ARRAY' : column.getSQLType();
        const name = `${getTableName(table)}.${column.name} ${type}`;
        return { is: column.notNull ? `${name} not null` : name };
      }),
    );
    expect(rows).toHaveLength(expected.length);
    expect(rows).toEqual(expect.arrayContaining(expected));
  });

  it('refer to each other as the code says', async () => {
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const found = await db.execute(sql`
      select pg_get_constraintdef(oid) as is, conrelid::regclass::text as at
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
    const rows: unknown = Reflect.get(Object(found), 'rows');
    const namesOf = (columns: readonly { readonly name: string }[]) =>
      columns.map(({ name }) => name).join(', ');
    const expected = (await tables()).flatMap((table) =>
      getTableConfig(table).foreignKeys.map((key) => {
        const { columns, foreignColumns, foreignTable } = key.reference();
        const target = `${getTableName(foreignTable)}(${namesOf(foreignColumns)})`;
        const { onDelete = 'no action' } = key;
        const end = onDelete === 'no action' ? '' : ` ON DELETE ${onDelete.toUpperCase()}`;
        const definition = `FOREIGN KEY (${namesOf(columns)}) REFERENCES ${target}${end}`;
        return { is: definition, at: getTableName(table) };
      }),
    );
    expect(expected.length).toBeGreaterThan(4);
    expect(rows).toHaveLength(expected.length);
    expect(rows).toEqual(expect.arrayContaining(expected));
  });
});
