import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  Delete,
  Get,
  Module,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, TenantContext } from '@patronus/nestjs';
import { tenantDrizzle, type TenantDrizzle } from '@patronus/nestjs/drizzle';
import { TenantDatabase } from '@patronus/nestjs/postgres';
import { expectIsolated } from '@patronus/nestjs/testing';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { databaseUrl } from '../environment/services.js';
import { SeparateTenantsBed, TENANTS } from './separate-tenants-bed.js';

const notes = pgTable('notes', { id: text().primaryKey(), note: text().notNull() });

/** Operations of the suites, in the language of each library and without naming a tenant. */
interface Notes {
  list(): Promise<readonly { id: string }[]>;
  add(id: string): Promise<unknown>;
}

type Transaction = Parameters<Parameters<ReturnType<typeof drizzle>['transaction']>[0]>[0];

const withPostgres = databaseUrl() === undefined ? describe.skip : describe;

withPostgres('tenants with a schema or a database each', () => {
  let bed: SeparateTenantsBed;
  beforeAll(async () => void (bed = await SeparateTenantsBed.start()));
  afterEach(() => bed.endTest());
  afterAll(() => bed.close());

  const onDatabase = (database: TenantDatabase) => ({
    run: <Result>(work: (notes: Notes) => Promise<Result>) =>
      database.transaction((client) =>
        work({
          list: async () => (await client.query<{ id: string }>('select id from notes')).rows,
          add: (id) => client.query('insert into notes values ($1, $1)', [id]),
        }),
      ),
  });
  const onDrizzle = (handle: TenantDrizzle<Transaction>) => ({
    run: <Result>(work: (notes: Notes) => Promise<Result>) =>
      handle.transaction((tx) =>
        work({
          list: () => tx.select({ id: notes.id }).from(notes),
          add: (id) => tx.insert(notes).values({ id, note: id }),
        }),
      ),
  });

  const HANDLES: readonly (readonly [string, () => ReturnType<typeof onDatabase>])[] = [
    [
      'TenantDatabase, by schema',
      () => onDatabase(new TenantDatabase(bed.pool, bed.tenant, { schema: bed.schema })),
    ],
    [
      'TenantDatabase, by database',
      () => onDatabase(new TenantDatabase(bed.pools().pools, bed.tenant)),
    ],
    [
      'Drizzle, by schema',
      () => onDrizzle(tenantDrizzle(drizzle(bed.pool), bed.tenant, { schema: bed.schema })),
    ],
    [
      'Drizzle, by database',
      () =>
        onDrizzle(
          tenantDrizzle({ pools: bed.pools().pools, drizzle: (one) => drizzle(one) }, bed.tenant),
        ),
    ],
  ];

  describe.each(HANDLES)('%s', (_name, make) => {
    it('sees its own rows and no others, many at once', async () => {
      const handle = make();
      const seen = await Promise.all(
        Array.from({ length: 60 }, (_, index) => {
          const id = TENANTS[index % 2] ?? 'norte';
          return bed.tenant.run(id, async () => {
            const rows = await handle.run((one) => one.list());
            return rows.filter((row) => !row.id.startsWith(id));
          });
        }),
      );
      expect(seen.flat()).toEqual([]);
      const first = await bed.tenant.run('norte', () => handle.run((one) => one.list()));
      expect(first.map(({ id }) => id)).toContain('norte-1');
    });

    it('writes into its own', async () => {
      const handle = make();
      const id = `norte-${Math.random()}`;
      await bed.tenant.run('norte', () => handle.run((one) => one.add(id)));
      const ids = async (of: string) =>
        (await bed.tenant.run(of, () => handle.run((one) => one.list()))).map((row) => row.id);
      expect(await ids('norte')).toContain(id);
      expect(await ids('sur')).not.toContain(id);
    });

    it('is one transaction inside of another', async () => {
      const handle = make();
      const id = `norte-${Math.random()}`;
      const outer = bed.tenant.run('norte', () =>
        handle.run(async (one) => {
          await one.add(id);
          const inside = await handle.run((inner) => inner.list());
          expect(inside.map((row) => row.id)).toContain(id);
          throw new Error('undone');
        }),
      );
      await expect(outer).rejects.toThrow('undone');
      const after = await bed.tenant.run('norte', () => handle.run((one) => one.list()));
      expect(after.map((row) => row.id)).not.toContain(id);
    });

    it('refuses a tenant that is not known, and work without a tenant', async () => {
      const handle = make();
      await expect(
        bed.tenant.run('este', () => handle.run((one) => one.list())),
      ).rejects.toMatchObject({
        code: 'tenant_unknown',
      });
      await expect(handle.run((one) => one.list())).rejects.toMatchObject({
        code: 'tenant_required',
      });
    });
  });

  it('joins no transaction of a database that may be of another tenant', async () => {
    const { pools } = bed.pools();
    const handle = tenantDrizzle({ pools, drizzle: (one) => drizzle(one) }, bed.tenant);
    const joined = bed.tenant.run('norte', () =>
      drizzle(bed.pool).transaction((tx) => handle.join(tx, () => Promise.resolve())),
    );
    await expect(joined).rejects.toThrow('tenantDrizzle.join: was given');
  });

  describe('the proof over all routes', () => {
    @Controller('notes')
    class NotesController {
      constructor(private readonly database: TenantDatabase) {}

      @Get() async list() {
        return (await this.database.query('select * from notes')).rows;
      }
      @Get(':id') async get(@Param('id') id: string) {
        const { rows } = await this.database.query('select * from notes where id = $1', [id]);
        if (rows.length === 0) throw new NotFoundException();
        return rows[0];
      }
      @Post() async add(@Body() { id, note }: { id: string; note: string }) {
        await this.database.query('insert into notes values ($1, $2)', [id, note]);
        return { id };
      }
      @Delete(':id') async remove(@Param('id') id: string) {
        const { rowCount } = await this.database.query('delete from notes where id = $1', [id]);
        if (rowCount === 0) throw new NotFoundException();
      }
    }

    const DATABASES: readonly (readonly [
      string,
      boolean,
      (tenant: TenantContext) => TenantDatabase,
    ])[] = [
      ['by schema', true, (one) => new TenantDatabase(bed.pool, one, { schema: bed.schema })],
      ['by database', true, (one) => new TenantDatabase(bed.pools().pools, one)],
      [
        'by one schema for all',
        false,
        (one) => new TenantDatabase(bed.pool, one, { schema: () => 'sur' }),
      ],
    ];

    const planOf = (one: string) => ({
      id: one,
      headers: { authorization: `Bearer ana.${one}` },
      params: { id: `${one}-1` },
      marks: [`note-of-${one}`],
    });

    it.each(DATABASES)('%s: holds: %s', async (_name, holds, useFactory) => {
      @Module({
        imports: [
          PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} }),
        ],
        controllers: [NotesController],
        providers: [{ provide: TenantDatabase, inject: [TenantContext], useFactory }],
      })
      class NotesModule {}
      const app = await NestFactory.create(NotesModule, { logger: false });
      bed.atEnd(() => app.close());
      const id = `new-${Math.random()}`;
      const proof = expectIsolated(app, {
        tenants: [planOf('norte'), planOf('sur')],
        routes: [
          { method: 'GET', path: '/notes' },
          { method: 'GET', path: '/notes/:id' },
          { method: 'POST', path: '/notes', body: { id, note: 'new' } },
          { method: 'DELETE', path: '/notes/:id' },
        ],
        except: {},
      });
      if (holds) await expect(proof).resolves.toBeDefined();
      else await expect(proof).rejects.toThrow('note-of-sur');
      await bed.refill();
    });
  });
});
