import { randomUUID } from 'node:crypto';
import type { PGlite } from '@electric-sql/pglite';
import { tenantIsolationSql } from '@patronus/nestjs/postgres';
import pg from 'pg';
import { startPGlite } from '../environment/pglite-template.js';
import { databaseUrl } from '../environment/services.js';

export interface PatientRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
}

/** Database of one suite, with the patients of two clinics and a restricted role. */
export interface Bed {
  /** Runs a statement as the superuser. */
  admin(sql: string): Promise<PatientRow[]>;
  close(): Promise<void>;
}

export interface PostgresBed extends Bed {
  /** The role that applications connect as. */
  readonly role: string;
  /** A pool of that role. */
  pool(options?: pg.PoolConfig): pg.Pool;
  /** A URL of that role. */
  readonly url: string;
}

export interface PGliteBed extends Bed {
  readonly pglite: PGlite;
  readonly role: string;
}

export const PATIENTS = `
create table patients (id text primary key, tenant_id text not null, name text not null);
create index on patients (tenant_id);
${tenantIsolationSql({ table: 'patients' })}`;

export const SEED = `
truncate patients;
insert into patients values
  ('a1', 'clinic-a', 'Ada'), ('a2', 'clinic-a', 'Alan'), ('b1', 'clinic-b', 'Barbara')`;

export async function postgresBed(): Promise<PostgresBed> {
  const name = `patronus_${randomUUID().replaceAll('-', '')}`;
  const server = new pg.Pool({ connectionString: databaseUrl(), max: 1 });
  await server.query(`create database ${name}`);
  await server.query(`create role ${name} login`);
  const adminPool = new pg.Pool({ connectionString: urlOf(name), max: 1 });
  // The server ends connections that are still closing when the database is dropped.
  adminPool.on('error', () => {});
  const url = urlOf(name, name);
  const pools: pg.Pool[] = [];
  const bed: PostgresBed = {
    role: name,
    url,
    async admin(sql) {
      const results: unknown = await adminPool.query<PatientRow>(sql);
      const last = Array.isArray(results) ? results.at(-1) : results;
      return last.rows;
    },
    pool(options = {}) {
      const pool = new pg.Pool({ connectionString: url, ...options });
      pool.on('error', () => {});
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
      await adminPool.end();
      await server.query(`drop database ${name} with (force)`);
      await server.query(`drop role ${name}`);
      await server.end();
    },
  };
  await bed.admin(PATIENTS);
  await bed.admin(`grant select, insert, update, delete on patients to ${name}`);
  await bed.admin(SEED);
  return bed;
}

export async function pgliteBed(): Promise<PGliteBed> {
  const pglite = await startPGlite();
  const admin = async (sql: string) => {
    const results = await pglite.exec(sql);
    return (results.at(-1)?.rows ?? []) as unknown as PatientRow[];
  };
  await admin(PATIENTS);
  await admin('create role clinic; grant select, insert, update, delete on patients to clinic');
  await admin(SEED);
  return { pglite, role: 'clinic', admin, close: () => pglite.close() };
}

function urlOf(database: string, user?: string): string {
  const url = new URL(databaseUrl() ?? '');
  url.pathname = `/${database}`;
  if (user !== undefined) {
    url.username = user;
    url.password = '';
  }
  return url.href;
}
