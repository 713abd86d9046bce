import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import pg from 'pg';
import { placement } from '../shared/processes.mjs';
import { shared } from './storages.mjs';

const ROOT = join(import.meta.dirname, '../../node_modules');
const PEERS = join(import.meta.dirname, '../peers/platform/node_modules');
const LOAD = join(import.meta.dirname, '../peers/library/node_modules');

const OWN = [
  ROOT,
  ['oidc-provider', '@nestjs/core', '@node-rs/argon2', '@electric-sql/pglite', 'pg'],
];
const OF_PEERS = [PEERS, ['better-auth', '@better-auth/oauth-provider']];
const OF_LOAD = [LOAD, ['autocannon']];

/** The machine and the versions, in lines for people. */
export async function describeServerMachine({ version }, { hasPeers = true } = {}) {
  const packages = [OWN, ...(hasPeers ? [OF_PEERS] : []), OF_LOAD];
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `${cpus().length} × ${cpus()[0].model.trim()}, ${memory} GiB, ${type()}; ${placement}`,
    `Node ${version}, ${await services()}`,
    `load average when the run began: ${loadavg()[0].toFixed(1)}`,
    packages.flatMap(([folder, names]) => names.map((name) => versionOf(folder, name))).join(', '),
  ];
}

function versionOf(folder, name) {
  const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
  return `${name} ${version}`;
}

async function services() {
  if (shared === undefined) return 'neither PostgreSQL nor Redis';
  const database = new pg.Client({ connectionString: shared.databaseUrl });
  const redis = createClient({ url: shared.redisUrl });
  await Promise.all([database.connect(), redis.connect()]);
  const { rows } = await database.query('show server_version');
  const [, version] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? [];
  await Promise.all([database.end(), redis.close()]);
  return `PostgreSQL ${rows[0].server_version.split(' ')[0]} and Redis ${version}, on whatever core is free`;
}
