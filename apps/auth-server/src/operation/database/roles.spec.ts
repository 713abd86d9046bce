import type { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { startPGlite } from '../../../../../test/environment/pglite-template.js';
import { SettingsError } from '../settings/server-settings.js';
import { MIGRATIONS_FOLDER } from './database.js';
import { takeServerRole } from './open-database.js';
import { actingAs } from './roles.js';

const ADDRESS = 'postgres://ana:p%40ss@db:5433/main';

describe('actingAs', () => {
  it.each([
    [ADDRESS, '-c role=patronus_server'],
    [`${ADDRESS}?sslmode=require`, '-c role=patronus_server'],
    [`${ADDRESS}?options=-c%20role%3Dana`, '-c role=ana -c role=patronus_server'],
    [`${ADDRESS}?options=-c+geqo%3Doff`, '-c geqo=off -c role=patronus_server'],
  ])('adds the role to the options of %s, after its own', (address, options) => {
    const changed = new URL(actingAs('patronus_server', address));
    expect(changed.searchParams.get('options')).toBe(options);
    const original = new URL(address);
    changed.searchParams.delete('options');
    original.searchParams.delete('options');
    expect(changed.href).toBe(original.href);
  });
});

describe('the role of the server', () => {
  const OLDER =
    /^The tables are older than this version of the server\. Run `node dist[/]main\.js migrate` first/;
  let pglite: PGlite;
  beforeEach(async () => {
    pglite = await startPGlite();
  });
  afterEach(() => pglite.close());

  const migrated = () => migrate(drizzle(pglite), { migrationsFolder: MIGRATIONS_FOLDER });
  const taken = () => takeServerRole(drizzle(pglite));
  const roles = async () =>
    (await pglite.query('select session_user::text, current_user::text')).rows;

  it('is taken on tables of this version, or of a later one', async () => {
    await migrated();
    await pglite.exec(`
      insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)`);
    await taken();
    expect(await roles()).toEqual([{ session_user: 'postgres', current_user: 'patronus_server' }]);
  });

  it.each([
    ['that were never made', ''],
    [
      'that were never made, in a cluster where the roles exist',
      'create role patronus_server; create role patronus_tenant',
    ],
  ])('refuses tables %s', async (_what, before) => {
    await pglite.exec(before);
    await expect(taken()).rejects.toThrow(SettingsError);
    await pglite.exec('reset role');
    await expect(taken()).rejects.toThrow(OLDER);
  });

  it('refuses tables that lack one migration', async () => {
    await migrated();
    await pglite.exec(`
      delete from drizzle.__drizzle_migrations
      where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`);
    await expect(taken()).rejects.toThrow(OLDER);
  });

  it.each([
    ['alter role patronus_server superuser', /has rights beyond rows/],
    ['alter role patronus_server bypassrls', /has rights beyond rows/],
    ['alter role patronus_server createrole', /has rights beyond rows/],
    ['grant create on schema public to patronus_server', /can create tables/],
    ['grant create on schema public to public', /can create tables/],
  ])('is refused after %s', async (change, message) => {
    await migrated();
    await pglite.exec(change);
    await expect(taken()).rejects.toThrow(SettingsError);
    await pglite.exec('reset role');
    await expect(taken()).rejects.toThrow(message);
  });

  it('is refused to a user who may not take the other one', async () => {
    await migrated();
    await pglite.exec(
      'create role half login in role patronus_server; set session authorization half',
    );
    await expect(taken()).rejects.toThrow(
      /^DATABASE_URL: half may not act for the server: .*Run `grant patronus_server, patronus_tenant to …`/,
    );
  });

  it('is granted to an owner who is no superuser, by the migration', async () => {
    await pglite.exec(`
      create role owner login createrole;
      alter database postgres owner to owner;
      set session authorization owner`);
    await migrated();
    await taken();
    expect(await roles()).toEqual([{ session_user: 'owner', current_user: 'patronus_server' }]);
    await expect(pglite.exec('create temporary table t (id int)')).rejects.toThrow('permission');
    await pglite.exec('set role patronus_tenant');
  });
});
