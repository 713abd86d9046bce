import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { createServer } from '../../../apps/auth-server/src/server.js';
import { openDatabase } from '../../../apps/auth-server/src/operation/database/open-database.js';
import type { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { newOpaqueToken } from '../../../apps/auth-server/src/operation/crypto/opaque-tokens.js';
import { asOwner } from '../support/as-owner.js';
import { platformStorage, type PlatformStorage } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const SECRET = 'hunter2-s3cr3t';
const REFRESH = newOpaqueToken('prt');
const JWT = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.${'x'.repeat(43)}`;

type Sent = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

interface Line {
  readonly reqId?: string;
  readonly res?: { readonly statusCode: number };
  readonly msg?: string;
}

describe('the log', () => {
  const lines: string[] = [];
  let storage: PlatformStorage;
  let database: PlatformDatabase;
  let app: NestExpressApplication;
  let url: string;

  beforeAll(async () => {
    storage = await platformStorage('embedded');
    const settings = readSettings({
      ...storage.environment,
      HASH_MEMORY: '64',
      HASH_TIME: '1',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'debug',
    });
    database = await openDatabase(settings);
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(...chunk.toString().trim().split('\n'));
        done();
      },
    });
    app = await createServer({ settings, database, lines: stream });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await storage.clear();
  });

  const parsed = () => lines.map((line): Line => JSON.parse(line));
  const lineOf = async (id: string): Promise<Line> => {
    const mine = () => parsed().filter(({ reqId, res }) => reqId === id && res !== undefined);
    await until(true, async () => mine().length > 0);
    expect(mine()).toHaveLength(1);
    return mine()[0]!;
  };
  const send = async (id: string, path: string, init: Sent = {}): Promise<Response> => {
    const response = await fetch(url + path, {
      redirect: 'manual',
      ...init,
      headers: { 'x-request-id': id, ...init.headers },
    });
    await response.arrayBuffer();
    return response;
  };
  const json = (body: string): Sent => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

  it('has one line for each request: what was asked, the status, and how long it took', async () => {
    await send('request-0001', '/api/v1/me');
    expect(await lineOf('request-0001')).toMatchObject({
      level: 30,
      msg: 'request completed',
      req: { method: 'GET', url: '/api/v1/me' },
      res: { statusCode: 401 },
      responseTime: expect.any(Number),
    });
    await send('request-0002', '/health/ready');
    expect(await lineOf('request-0002')).toMatchObject({ level: 20 });
  });

  it('has no secret from any part of a request', async () => {
    const login = { identifier: 'ana@example.com', email: 'ana@example.com', password: SECRET };
    const form = (body: string): Sent => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    const basic = Buffer.from(`client:${SECRET}`).toString('base64');
    await send('secrets-01', '/api/v1/auth/login', json(JSON.stringify(login)));
    await send('secrets-02', '/api/v1/auth/login', json(`{"password":"${SECRET}`));
    await send('secrets-03', '/api/v1/auth/login', json(SECRET));
    await send(
      'secrets-04',
      '/api/v1/auth/refresh',
      json(JSON.stringify({ refreshToken: REFRESH })),
    );
    await send('secrets-05', `/api/v1/me?token=${SECRET}&code=${SECRET}&access_token=${JWT}`, {
      headers: { authorization: `Bearer ${JWT}`, cookie: `session=${SECRET}` },
    });
    await send('secrets-06', '/oauth/token', {
      ...form(`grant_type=authorization_code&code=${SECRET}&client_secret=${SECRET}`),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${basic}`,
      },
    });
    await send('secrets-07', `/oauth/authorize?client_id=app&state=${SECRET}&login_hint=${SECRET}`);
    await send('secrets-08', `/verify-email?token=${REFRESH}`);
    await send('secrets-09', `/api/v1/me?%74oken=${SECRET}&;password=${SECRET}#${SECRET}`);
    for (let at = 1; at <= 9; at += 1) await lineOf(`secrets-0${at}`);
    expectNone();
    expect(lines.join('\n')).toContain('/oauth/authorize?client_id=app&state=[Redacted]');
  });

  it('logs the kind and the place of a failure without its text', async () => {
    await asOwner(database, undefined, 'alter table accounts rename to elsewhere');
    const login = { identifier: `${SECRET}@example.com`, password: SECRET };
    const { status } = await send('failures-1', '/api/v1/auth/login', json(JSON.stringify(login)));
    await asOwner(database, undefined, 'alter table elsewhere rename to accounts');
    expect(status).toBe(500);
    expect(await lineOf('failures-1')).toMatchObject({ level: 50, res: { statusCode: 500 } });
    const told = parsed().find(
      ({ reqId, msg }) => reqId === 'failures-1' && msg !== 'request failed',
    );
    expect(told).toMatchObject({ level: 50, context: 'Platform' });
    expect(told?.msg).toMatch(/^A request failed: \w+ \(42P01\)\n/);
    expect(told?.msg).toMatch(/^\s+at .*login[/]password-verifier/m);
    expect(told?.msg).not.toContain('select');
    expectNone();
  });

  it('redacts secrets in other lines', () => {
    const logger = new Logger('Careless');
    logger.warn(`refresh ${REFRESH} of ${JWT} at postgres://ana:${SECRET}@db/main`);
    logger.warn({ deep: { down: { newPassword: SECRET, client_secret: `"${SECRET}` } } });
    logger.error(failureOf(() => JSON.parse(`{"${SECRET}`)));
    logger.error(new Error(`Authorization: Basic ${Buffer.from(SECRET).toString('base64')}`));
    expectNone();
    expect(lines.at(-1)).toContain('Basic [Redacted]');
    expect(lines.at(-1)).toContain('operation/log');
  });

  function expectNone(): void {
    const all = lines.join('\n');
    for (const secret of [SECRET, REFRESH, JWT, Buffer.from(SECRET).toString('base64')]) {
      expect(all).not.toContain(secret);
    }
  }
});

function failureOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
