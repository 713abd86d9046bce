import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DenialLog,
  DenialLogModule,
  type DenialLogOptions,
  PatronusModule,
  RequirePermissions,
} from '@patronus/nestjs';
import { denialTableSql, postgresDenials } from '@patronus/nestjs/postgres';
import pg from 'pg';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { until } from '../environment/until.js';
import { databaseUrl } from '../environment/services.js';

const DENIALS = 10_000;
const AT_ONCE = 100;

@Controller()
class NotesController {
  @Get('notes') @RequirePermissions('notes.write') notes() {}
}

const url = databaseUrl();
const withPostgres = url === undefined ? describe.skip : describe;

withPostgres('denials in PostgreSQL', () => {
  const schema = `denials_${randomUUID().slice(0, 8)}`;
  const role = `${schema}_role`;
  const table = 'refused "calls"';
  const name = `"${schema}"."refused ""calls"""`;
  const warned = jest.fn<(line: string) => void>();
  let admin: pg.Pool;
  let pool: pg.Pool;
  let app: NestFastifyApplication;
  let log: DenialLog;
  let locker: pg.PoolClient | undefined;

  beforeAll(async () => {
    admin = new pg.Pool({ connectionString: url });
    await admin.query(`create schema ${schema}`);
    for (const _ of ['first', 'again']) await admin.query(denialTableSql({ schema, table }));
    await admin.query(
      `create role ${role}; grant usage on schema ${schema} to ${role}; grant insert on ${name} to ${role}`,
    );
  });
  afterAll(async () => {
    await admin.query(`drop schema ${schema} cascade; drop role ${role}`);
    await admin.end();
  });

  beforeEach(async () => {
    warned.mockReset();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warned);
    await admin.query(`truncate ${name}`);
    // As a role that may only insert.
    pool = new pg.Pool({ connectionString: url, max: 2, options: `-c role=${role}` });
    pool.on('error', () => undefined);
  });
  afterEach(async () => {
    await unlock();
    await app.close();
    await pool.end();
    jest.restoreAllMocks();
  });

  async function start(options: Partial<DenialLogOptions> = {}): Promise<void> {
    @Module({
      imports: [
        PatronusModule.forRoot({ identityProvider: new TokenTableProvider() }),
        DenialLogModule.forRootAsync({
          useFactory: () => ({ writer: postgresDenials({ pool, schema, table }), ...options }),
        }),
      ],
      controllers: [NotesController],
    })
    class AppModule {}
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    log = app.get(DenialLog);
  }

  async function refuse(count: number, user = 'ana'): Promise<void> {
    for (let sent = 0; sent < count; sent += AT_ONCE) {
      const answers = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - sent) }, () =>
          app.inject({ url: '/notes?q=1', headers: { authorization: `Bearer ${user}` } }),
        ),
      );
      for (const { statusCode } of answers) expect(statusCode).toBe(403);
      // Injected requests alone would not let the rest of the process run.
      await turn();
    }
  }

  async function lock(): Promise<void> {
    locker = await admin.connect();
    await locker.query(`begin; lock table ${name} in access exclusive mode`);
  }

  async function unlock(): Promise<void> {
    await locker?.query('rollback');
    locker?.release();
    locker = undefined;
  }

  /** Returns the connection whose insert waits for the lock. */
  const waiting = async () => {
    const { rows } = await admin.query<{ pid: number }>(
      `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%refused%' and pid <> pg_backend_pid()`,
    );
    return rows[0]?.pid;
  };

  const kept = async () => {
    const { rows } = await admin.query<{ count: number; ids: number }>(
      `select count(*)::int as count, count(distinct decision_id)::int as ids from ${name}`,
    );
    return rows[0];
  };

  it(`keeps ${DENIALS} of them, each once`, async () => {
    await start();
    await refuse(DENIALS);
    await until(true, () => log.counts.queued === 0);
    expect(log.counts).toEqual({ queued: 0, written: DENIALS, dropped: 0 });
    expect(await kept()).toEqual({ count: DENIALS, ids: DENIALS });
    const { rows } = await admin.query(`select * from ${name} limit 1`);
    expect(rows).toEqual([
      {
        id: expect.any(String),
        at: expect.any(Date),
        decision_id: expect.any(String),
        code: 'permission_denied',
        reason: expect.stringContaining('notes.write'),
        transport: 'http',
        route: 'NotesController.notes',
        method: 'GET',
        path: '/notes',
        user_id: 'ana',
        issuer: 'token-table',
        tenant_id: null,
      },
    ]);
  });

  it(`answers ${DENIALS} requests while the table is locked, and keeps them once it is not`, async () => {
    await start();
    await lock();
    await refuse(DENIALS);
    expect(log.counts).toEqual({ queued: DENIALS, written: 0, dropped: 0 });
    await refuse(AT_ONCE);
    expect(log.counts).toMatchObject({ queued: DENIALS, dropped: AT_ONCE });
    // One connection at a time, regardless of the queue.
    expect(pool.totalCount).toBe(1);
    await unlock();
    await until(true, () => log.counts.queued === 0);
    expect(await kept()).toEqual({ count: DENIALS, ids: DENIALS });
  });

  it('answers while there is no database, and counts what does not fit', async () => {
    const down = new pg.Pool({ host: '127.0.0.1', port: 9, connectionTimeoutMillis: 1000 });
    await start({ writer: postgresDenials({ pool: down }), maxQueued: 50, maxBatch: 10 });
    await refuse(AT_ONCE);
    await until(true, () => warned.mock.calls.flat().some((line) => line.includes('ECONNREFUSED')));
    expect(log.counts).toEqual({ queued: 50, written: 0, dropped: 50 });
    await app.close();
    expect(log.counts).toEqual({ queued: 0, written: 0, dropped: AT_ONCE });
    await down.end();
  });

  it('writes a batch again whose connection was cut, and keeps nothing twice', async () => {
    await start({ maxBatch: 20 });
    await lock();
    await refuse(AT_ONCE);
    await until(true, async () => (await waiting()) !== undefined);
    await admin.query('select pg_terminate_backend($1)', [await waiting()]);
    await unlock();
    await until(true, () => log.counts.queued === 0);
    expect(await kept()).toEqual({ count: AT_ONCE, ids: AT_ONCE });
    expect(warned.mock.calls.flat().join()).toContain(
      'Denials could not be written, and stay queued',
    );
  });

  it('lets go of its connection where an attempt is ended', async () => {
    await start();
    const writer = postgresDenials({ pool, schema, table });
    const record = (id: string) => ({
      id,
      at: Date.now(),
      decisionId: 'd\0',
      code: 'token_invalid' as const,
      reason: undefined,
      transport: 'http',
      route: 'r',
      method: 'GET',
      path: '/',
      user: 'a\0b',
      issuer: undefined,
      tenant: undefined,
    });
    await lock();
    const ending = new AbortController();
    const writing = writer.write([record(randomUUID())], ending.signal);
    await until(true, async () => (await waiting()) !== undefined);
    ending.abort();
    await expect(writing).rejects.toThrow();
    await until(true, () => pool.totalCount === 0);
    await unlock();

    const { signal } = new AbortController();
    const same = record(randomUUID());
    for (const _ of ['once', 'twice']) await writer.write([same], signal);
    const { rows } = await admin.query(`select user_id from ${name} where id = $1`, [same.id]);
    expect(rows).toEqual([{ user_id: 'a\uFFFDb' }]);
    expect(pool.idleCount).toBe(1);

    const [one, other] = [await pool.connect(), await pool.connect()];
    const hurry = new AbortController();
    const without = writer.write([record(randomUUID())], hurry.signal);
    hurry.abort();
    await expect(without).rejects.toThrow('no connection became free in time');
    one.release();
    other.release();
    await until(true, () => pool.idleCount === pool.totalCount && pool.waitingCount === 0);
    await expect(writer.write([same], AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('writes what is queued when the application ends', async () => {
    await start({ interval: 3600 });
    await refuse(3);
    await app.close();
    expect(await kept()).toEqual({ count: 3, ids: 3 });
  });
});
