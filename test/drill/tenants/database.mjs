import { randomUUID } from 'node:crypto';
import { tenantIsolationSql } from '@patronus/nestjs/postgres';
import pg from 'pg';

const SERVER = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
const ROWS_EACH = 3;

/** A database of the drill's own: patients of many tenants, and a role that sees one at a time. */
export async function makeDatabase(tenants) {
  const name = `patronus_drill_${randomUUID().replaceAll('-', '')}`;
  await once(SERVER, (client) => client.query(`create database ${name}`));
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const role = `${name}_app`;
  await once(url.href, async (client) => {
    await client.query(`
      create role ${role} nologin;
      create table patients (
        id text primary key,
        tenant_id text not null,
        name text not null
      );
      create index on patients (tenant_id);
      grant select, insert, update, delete on patients to ${role};
    `);
    await client.query(tenantIsolationSql({ table: 'patients', column: 'tenant_id' }));
    await client.query(
      `insert into patients
       select t || '-' || n, t, 'mark-' || t || ' patient ' || n
       from unnest($1::text[]) t, generate_series(1, ${ROWS_EACH}) n`,
      [tenants],
    );
    await client.query('analyze patients');
  });
  return {
    url: url.href,
    role,
    drop: () =>
      once(SERVER, async (client) => {
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role ${role}`);
      }),
  };
}

async function once(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
