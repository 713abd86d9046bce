import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PatronusConfigurationError } from '@patronus/nestjs';
import type { StorageSettings } from '../../../apps/sample/src/settings/storage-settings.js';
import type { ClinicDatabase } from '../../../apps/sample/src/storage/clinic-database.js';
import { EmbeddedDatabase } from '../../../apps/sample/src/storage/embedded/embedded.database.js';
import { migrate } from '../../../apps/sample/src/storage/migrations/migrate.js';
import { MIGRATIONS } from '../../../apps/sample/src/storage/migrations/migrations.js';
import { openStorage } from '../../../apps/sample/src/storage/open-storage.js';
import { PostgresDatabase } from '../../../apps/sample/src/storage/postgres/postgres.database.js';
import { databaseUrl } from '../../environment/services.js';
import { OwnDatabase } from '../support/own-database.js';
import { DATABASES } from '../support/storage-under-test.js';

const TABLES = ['patients', 'appointments', 'staff', 'audit_entries'];

describe.each(DATABASES)('the storage on %s', (kind) => {
  let settings: StorageSettings;
  let clear: () => Promise<void>;

  beforeEach(async () => {
    if (kind === 'PostgreSQL') {
      const own = await OwnDatabase.create();
      settings = { kind: 'postgres', url: own.url };
      clear = () => own.drop();
    } else {
      const folder = mkdtempSync(join(tmpdir(), 'patronus-sample-'));
      settings = { kind: 'embedded', folder };
      clear = async () => rmSync(folder, { recursive: true });
    }
  });

  afterEach(() => clear());

  const connect = (): Promise<ClinicDatabase> =>
    settings.kind === 'postgres'
      ? PostgresDatabase.connect(settings.url)
      : EmbeddedDatabase.open(settings.folder);

  async function directly<Row>(text: string): Promise<Row[]> {
    const database = await connect();
    try {
      return await database.session(async (session) => (await session.query<Row>(text)).rows);
    } finally {
      await database.close();
    }
  }

  async function openAndClose(): Promise<void> {
    await (await openStorage(settings)).onApplicationShutdown();
  }

  it('is what it was where it is opened again: seeded once, changes kept', async () => {
    await openAndClose();
    await directly("update patients set name = 'Ana Ruiz Gil' where id = 'ana-ruiz'");
    await directly("delete from staff where id = 'ines-mora'");
    const history = await directly('select * from schema_migrations order by number');
    await openAndClose();
    expect(await directly('select * from schema_migrations order by number')).toEqual(history);
    expect(history).toMatchObject(MIGRATIONS.map(({ number }) => ({ number })));
    expect(await directly('select name from patients order by position')).toEqual([
      { name: 'Ana Ruiz Gil' },
      { name: 'Bruno Díaz' },
      { name: 'Carla Núñez' },
      { name: 'Darío Vega' },
      { name: 'Elsa Prieto' },
    ]);
    expect(await directly("select id from staff where id = 'ines-mora'")).toEqual([]);
  });

  it('takes a step of the migrations wholly or not at all', async () => {
    const database = await connect();
    const broken = {
      number: MIGRATIONS.length + 1,
      name: 'broken',
      script: 'create table half (id text); select 1/0;',
    };
    await database.session(async (session) => {
      await expect(migrate(session, [...MIGRATIONS, broken])).rejects.toThrow('division by zero');
    });
    await database.close();
    expect(await directly('select number from schema_migrations order by number')).toEqual(
      MIGRATIONS.map(({ number }) => ({ number })),
    );
    expect(await directly("select to_regclass('half') as half")).toEqual([{ half: null }]);
    await openAndClose();
  });

  it.each(TABLES)('refuses to start where %s lost its policies', async (table) => {
    await openAndClose();
    await directly(`alter table ${table} disable row level security`);
    const starting = openStorage(settings);
    await expect(starting).rejects.toThrow(PatronusConfigurationError);
    await expect(starting).rejects.toThrow(`public.${table}: has no row level security.`);
    await directly(`alter table ${table} enable row level security`);
    await openAndClose();
  });

  it('does not start with a table of tenants without a policy', async () => {
    await openAndClose();
    await directly('create table invoices (tenant_id text)');
    await expect(openStorage(settings)).rejects.toThrow('public.invoices');
  });
});

const describeOnPostgres = databaseUrl() === undefined ? describe.skip : describe;

describeOnPostgres('the storage on a PostgreSQL that several use', () => {
  let own: OwnDatabase;

  beforeEach(async () => {
    own = await OwnDatabase.create();
  });

  afterEach(() => own.drop());

  it('is prepared once by instances that start together', async () => {
    const settings = { kind: 'postgres', url: own.url } as const;
    const instances = await Promise.all([1, 2, 3, 4].map(() => openStorage(settings)));
    await Promise.all(instances.map((instance) => instance.onApplicationShutdown()));
    expect(await own.query('select count(*)::int as n from schema_migrations')).toEqual([
      { n: MIGRATIONS.length },
    ]);
    expect(await own.query('select count(*)::int as n from patients')).toEqual([{ n: 5 }]);
  });

  it('needs no superuser: an ordinary owner is held by the policies itself', async () => {
    const name = own.name.replace('patronus_sample', 'patronus_owner');
    await own.query(`create role ${name} login`);
    await own.query(`alter schema public owner to ${name}`);
    const url = new URL(own.url);
    url.username = name;
    const storage = await openStorage({ kind: 'postgres', url: url.href });
    expect(storage.role).toBeUndefined();
    expect(await storage.tenantIds()).toEqual(['clinica-norte', 'clinica-sur']);
    await storage.onApplicationShutdown();
    await own.query(`reassign owned by ${name} to current_user`);
    await own.query(`drop owned by ${name}`);
    await own.query(`drop role ${name}`);
  });
});
