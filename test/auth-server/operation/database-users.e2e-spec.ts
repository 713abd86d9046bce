import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Client } from 'pg';
import { MIGRATIONS_FOLDER } from '../../../apps/auth-server/src/operation/database/database.js';
import {
  migrateDatabase,
  openDatabase,
} from '../../../apps/auth-server/src/operation/database/open-database.js';
import { requireServerRole } from '../../../apps/auth-server/src/operation/database/roles.js';
import {
  readSettings,
  SettingsError,
} from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { databaseUrl } from '../../environment/services.js';
import { until } from '../../environment/until.js';
import { OwnDatabase } from '../../sample/support/own-database.js';

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres('the users of PostgreSQL', () => {
  let database: OwnDatabase;
  let users: string[];
  beforeEach(async () => {
    users = [];
    database = await OwnDatabase.create();
  });
  afterEach(async () => {
    await database.drop();
    const server = await connected(databaseUrl() ?? '');
    for (const user of users) await server.query(`drop role ${user}`);
    await server.end();
  });

  /** Creates a user with options of `CREATE ROLE`, and returns the address for it. */
  async function userWith(options: string): Promise<{ name: string; url: string }> {
    const name = `patronus_${randomUUID().replaceAll('-', '')}`;
    await database.query(`create role ${name} login password 'secret' ${options}`);
    users.push(name);
    const url = new URL(database.url);
    url.username = name;
    url.password = 'secret';
    return { name, url: url.href };
  }

  async function ownerWith(options: string) {
    const owner = await userWith(options);
    await database.query(`alter database ${database.name} owner to ${owner.name}`);
    return owner;
  }

  const settings = (environment: Record<string, string>) =>
    readSettings({ MIGRATE_AT_START: 'off', ...environment });

  /** The role of the platform's statements, at an address that needs no migration. */
  async function roleAt(url: string): Promise<unknown> {
    const opened = await openDatabase(settings({ DATABASE_URL: url }));
    try {
      const { rows } = await Reflect.get(opened, 'pool').query('select current_user as role');
      return rows[0].role;
    } finally {
      await opened.close();
    }
  }

  const migrateAs = (url: string) => migrateDatabase(settings({ DATABASE_URL: url }));

  it('are an owner, who migrates, and a user of the server, who is in its roles', async () => {
    const owner = await ownerWith('createrole');
    const applied = await migrateAs(owner.url);
    expect(applied[0]).toBe('0000_platform');
    const server = await userWith('in role patronus_server, patronus_tenant');
    expect(await roleAt(server.url)).toBe('patronus_server');
    // The owner also serves, if the deployment has one user only.
    expect(await roleAt(owner.url)).toBe('patronus_server');
  });

  it('are both named by the settings of a server that migrates at start', async () => {
    const owner = await ownerWith('createrole');
    const server = await userWith('in role patronus_server, patronus_tenant');
    const environment = { DATABASE_URL: server.url, MIGRATION_DATABASE_URL: owner.url };
    const opened = await openDatabase(settings({ ...environment, MIGRATE_AT_START: 'on' }));
    await opened.close();
    const [tables] = await database.query(
      "select tableowner from pg_tables where tablename = 'accounts'",
    );
    expect(tables).toEqual({ tableowner: owner.name });
  });

  it('may not create the roles, if these exist already', async () => {
    await migrateAs((await ownerWith('createrole')).url);
    const other = await OwnDatabase.create();
    try {
      const owner = await userWith('');
      await other.query(`alter database ${other.name} owner to ${owner.name}`);
      const url = new URL(owner.url);
      url.pathname = `/${other.name}`;
      expect(await migrateAs(url.href)).toContain('0002_database_roles');
      const server = await userWith('in role patronus_server, patronus_tenant');
      const serverUrl = new URL(server.url);
      serverUrl.pathname = `/${other.name}`;
      expect(await roleAt(serverUrl.href)).toBe('patronus_server');
      await expect(roleAt(url.href)).rejects.toThrow('may not act for the server');
    } finally {
      await other.drop();
    }
  });

  it.each([
    [
      'in neither role',
      '',
      /^DATABASE_URL: the user may not act for the server: permission denied to set role "patronus_server"\. Run `grant patronus_server, patronus_tenant to …` with its name\.$/,
    ],
    [
      'not in the role of organisations',
      'in role patronus_server',
      /^DATABASE_URL: patronus_\w+ may not act for the server: it is not a member of patronus_tenant\. Run `grant/,
    ],
  ])('are refused in one line if they are %s', async (_what, options, message) => {
    await migrateAs(database.url);
    const { url } = await userWith(options);
    const refused = roleAt(url);
    await expect(refused).rejects.toThrow(SettingsError);
    await expect(refused).rejects.toThrow(message);
  });

  it('are told of options that PostgreSQL refuses', async () => {
    await migrateAs(database.url);
    const url = new URL(database.url);
    url.searchParams.set('options', '-c statement_timeout=never');
    await expect(roleAt(url.href)).rejects.toThrow(
      /^DATABASE_URL: the database cannot be reached: invalid value for parameter "statement_timeout"/,
    );
  });

  it('may not migrate as the server', async () => {
    await migrateAs(database.url);
    const { url } = await userWith('in role patronus_server, patronus_tenant');
    await expect(migrateAs(url)).rejects.toThrow(
      /^DATABASE_URL: the user may not migrate the tables: permission denied for schema drizzle\. Name their owner in MIGRATION_DATABASE_URL, or .*\.$/,
    );
  });

  it('act as the server by a setting of the user, if a pooler drops the parameter', async () => {
    await migrateAs(database.url);
    const { name, url } = await userWith('in role patronus_server, patronus_tenant');
    const direct = async () => {
      const client = await connected(url);
      try {
        await client.query('discard all');
        await requireServerRole(drizzle(client));
      } finally {
        await client.end();
      }
    };
    await expect(direct()).rejects.toThrow(
      `DATABASE_URL: statements run as ${name} and not as patronus_server. Behind a pooler, run \`alter role "${name}" set role = patronus_server\`.`,
    );
    await database.query(`alter role ${name} set role = patronus_server`);
    await expect(direct()).resolves.toBeUndefined();
  });

  it('get a role that another database creates at the same moment', async () => {
    const name = `patronus_${randomUUID().replaceAll('-', '')}`;
    const [statement = ''] = readFileSync(
      join(MIGRATIONS_FOLDER, '0002_database_roles.sql'),
      'utf8',
    )
      .replaceAll('patronus_server', name)
      .split('--> statement-breakpoint');
    expect(statement).toContain(`CREATE ROLE ${name} NOLOGIN`);
    const [first, second] = [await connected(database.url), await connected(databaseUrl() ?? '')];
    await first.query(`begin; ${statement}`);
    const created = second.query(statement);
    await until(true, async () => {
      const waits = 'select count(*)::int as n from pg_locks where not granted and pid = $1';
      const found = await first.query<{ n: number }>(waits, [Reflect.get(second, 'processID')]);
      return found.rows[0]?.n === 1;
    });
    users.push(name);
    await first.query('commit');
    await created;
    await Promise.all([first.end(), second.end()]);
  });
});

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
