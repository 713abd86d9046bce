import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const { DATABASE_URL, REDIS_URL } = process.env;

/** Where the shared storage is, or undefined where the environment names none. */
export const shared =
  DATABASE_URL === undefined || REDIS_URL === undefined
    ? undefined
    : { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL };

let count = 0;

/**
 * Storage that nobody else uses.
 *
 * @param kind `postgres` (a database, and a prefix of keys in Redis), `embedded` (a folder) or `none`
 * @returns the members of a contender's settings, and what clears all of it away
 */
export async function openStorage(kind) {
  if (kind === 'none') return { settings: {}, clear: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'patronus-bench-'));
  const clearFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (kind === 'embedded') return { settings: { folder }, clear: clearFolder };
  count += 1;
  const name = `patronus_bench_${process.pid}_${count}`;
  await asServer(`create database ${name} template template0`);
  const url = new URL(shared.databaseUrl);
  url.pathname = `/${name}`;
  const masterKey = randomBytes(32).toString('base64');
  return {
    settings: {
      folder,
      masterKey,
      databaseUrl: url.href,
      redisUrl: shared.redisUrl,
      redisPrefix: name,
    },
    async clear() {
      clearFolder();
      await asServer(`drop database if exists ${name} with (force)`);
      await removeKeys(name);
    },
  };
}

async function asServer(statement) {
  const client = new pg.Client({ connectionString: shared.databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function removeKeys(prefix) {
  const { createClient } = await import('@redis/client');
  const client = createClient({ url: shared.redisUrl });
  await client.connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.del(keys);
    }
  } finally {
    await client.close();
  }
}
