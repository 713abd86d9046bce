import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import pg from 'pg';

const PATIENCE = 10_000;

/** A database of the drill's own on the server that `DATABASE_URL` names, and a prefix in Redis. */
export async function postgresStorage({ DATABASE_URL, REDIS_URL }) {
  const name = `patronus_drill_${randomUUID().replaceAll('-', '')}`;
  const own = new URL(DATABASE_URL);
  own.pathname = `/${name}`;
  const server = new pg.Client({ connectionString: DATABASE_URL });
  await server.connect();
  await server.query(`create database ${name}`);
  return {
    name: 'PostgreSQL + Redis',
    environment: { DATABASE_URL: own.href, REDIS_URL, REDIS_PREFIX: name },
    /** PostgreSQL ends what a client began, some time after that client is gone. */
    async settled() {
      const deadline = performance.now() + PATIENCE;
      const working = `select count(*)::int as count from pg_stat_activity where datname = $1 and backend_type = 'client backend'`;
      while ((await server.query(working, [name])).rows[0].count > 0) {
        if (performance.now() > deadline) throw new Error('PostgreSQL still works for the killed.');
        await sleep(5);
      }
    },
    /** State after the kill. */
    async snapshot() {
      const client = new pg.Client({ connectionString: own.href });
      await client.connect();
      await client.query('begin isolation level repeatable read read only');
      await client.query('select 1 from pg_class limit 1');
      return {
        async open() {
          return {
            query: async (sql, values) => (await client.query(sql, values)).rows,
            close: () => client.end(),
          };
        },
        remove: () => undefined,
      };
    },
    async drop() {
      await server.query(`drop database ${name} with (force)`);
      await server.end();
      await removeKeys(REDIS_URL, name);
    },
  };
}

async function removeKeys(url, prefix) {
  const redis = await createClient({ url }).connect();
  for await (const keys of redis.scanIterator({ MATCH: `${prefix}*` })) {
    if (keys.length > 0) await redis.del(keys);
  }
  await redis.close();
}
