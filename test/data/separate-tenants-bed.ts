import { Logger } from '@nestjs/common';
import type { TenantContext } from '@patronus/nestjs';
import pg from 'pg';
import { TenantPools, type TenantPoolsOptions } from '@patronus/nestjs/postgres';
import { databaseUrl } from '../environment/services.js';
import { tenantContext } from './tenant-context.js';
import { type PostgresBed, postgresBed } from './tenant-database-bed.js';

export const TENANTS = ['norte', 'sur'] as const;

const notesOf = (tenant: string, schema: string) => `
create table ${schema}.notes (id text primary key, note text not null);
insert into ${schema}.notes values ('${tenant}-1', 'note-of-${tenant}');`;

/** Database with a schema for each tenant, and a separate database for each tenant. */
export class SeparateTenantsBed {
  private readonly ending: (() => unknown)[] = [];

  private constructor(
    readonly bed: PostgresBed,
    /** Pool of the restricted role, in the database with the schemas. */
    readonly pool: pg.Pool,
    /** By tenant. */
    readonly beds: ReadonlyMap<string, PostgresBed>,
    readonly tenant: TenantContext,
  ) {}

  static async start(): Promise<SeparateTenantsBed> {
    // Connections break when their database is dropped.
    Logger.overrideLogger(false);
    const bed = await postgresBed();
    const beds = new Map<string, PostgresBed>();
    for (const id of TENANTS) {
      await bed.admin(`create schema ${id}; ${notesOf(id, id)}`);
      await bed.admin(`grant all on schema ${id} to ${bed.role}`);
      await bed.admin(`grant all on all tables in schema ${id} to ${bed.role}`);
      const own = await postgresBed();
      await own.admin(notesOf(id, 'public'));
      await own.admin(`grant all on all tables in schema public to ${own.role}`);
      beds.set(id, own);
    }
    await bed.admin('create table notes (id text, note text); create schema "$user"');
    await bed.admin(`insert into notes values ('shared', 'x'); grant all on notes to ${bed.role}`);
    return new SeparateTenantsBed(bed, bed.pool({ max: 2 }), beds, await tenantContext());
  }

  /** The option of the handles. */
  readonly schema = (id: string): string | undefined => TENANTS.find((one) => one === id);

  /** Returns pools of the tenants' databases, and the tenants for which one was created. */
  pools(options: Partial<TenantPoolsOptions<pg.Pool>> = {}) {
    const created: string[] = [];
    const pools = new TenantPools<pg.Pool>({
      create: (id) => {
        created.push(id);
        return this.beds.get(id)?.pool({ max: 2 });
      },
      ...options,
    });
    this.atEnd(() => pools.close());
    return { pools, created };
  }

  /** A connection of the superuser to the database with the schemas. */
  async admin(): Promise<pg.Client> {
    const url = new URL(databaseUrl() ?? '');
    url.pathname = new URL(this.bed.url).pathname;
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    this.atEnd(() => admin.end());
    return admin;
  }

  /** Restores rows that a test has deleted. */
  async refill(): Promise<void> {
    for (const id of TENANTS) {
      const row = `values ('${id}-1', 'note-of-${id}') on conflict do nothing`;
      await this.bed.admin(`insert into ${id}.notes ${row}`);
      await this.beds.get(id)?.admin(`insert into notes ${row}`);
    }
  }

  atEnd(end: () => unknown): void {
    this.ending.push(end);
  }

  /** After each test. */
  async endTest(): Promise<void> {
    for (const end of this.ending.splice(0).toReversed()) await end();
  }

  async close(): Promise<void> {
    await Promise.all([this.bed, ...this.beds.values()].map((one) => one.close()));
  }
}
