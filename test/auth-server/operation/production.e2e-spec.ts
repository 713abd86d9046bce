import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { HealthIndicators } from '../../../apps/auth-server/src/operation/health/health.controller.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import { PlatformBed } from '../support/platform-bed.js';
import { STORAGES } from '../support/platform-storage.js';
import { until } from '../../environment/until.js';

const POSTGRES = STORAGES.find((storage) => storage !== 'embedded');
const TOKEN = 'a token of metrics';

(POSTGRES === undefined ? describe.skip : describe)('the platform in production', () => {
  let bed: PlatformBed;
  const start = async (environment: Record<string, string> = {}) => {
    bed = await PlatformBed.start({
      storage: POSTGRES!,
      environment: {
        NODE_ENV: 'production',
        ISSUER: 'https://id.example.com',
        MASTER_KEY: randomBytes(32).toString('base64'),
        SMTP_URL: 'smtp://127.0.0.1:1',
        RATE_LIMITS: 'on',
        ...environment,
      },
    });
  };
  afterEach(() => bed.close());

  it('reports only its readiness', async () => {
    await start();
    const ready = await bed.api('GET', '/health/ready');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ok' }]);
  });

  it('names the part that is missing', async () => {
    await start();
    const parts = bed.app.get(HealthIndicators, { strict: false });
    parts.register('rockets', () => Promise.reject(new Error('a secret reason')));
    const ready = await bed.api('GET', '/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ status: 'error', missing: ['rockets'] });
    expect(JSON.stringify(ready.body)).not.toContain('secret');
  });

  it('asks browsers for TLS, from now on', async () => {
    await start();
    const { headers } = await bed.api('GET', '/api/v1/me');
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8};/);
  });

  it('has no metrics and no mails', async () => {
    await start();
    expect((await bed.api('GET', '/metrics')).status).toBe(404);
    expect((await bed.api('GET', '/dev/mail')).status).toBe(404);
    expect((await bed.api('GET', '/dev/mail/1')).status).toBe(404);
  });

  it('has metrics for callers with their token', async () => {
    await start({ METRICS_TOKEN: TOKEN });
    for (const presented of [undefined, TOKEN.slice(1), `${TOKEN}!`]) {
      const { status, headers } = await bed.api('GET', '/metrics', undefined, presented);
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect((await bed.api('GET', '/metrics', undefined, TOKEN)).status).toBe(200);
  });

  it('warns at start that only one instance works without Redis', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await start({ REDIS_URL: '' });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('REDIS_URL is not set'));
    warn.mockRestore();
  });

  it('limits the time of statements and transactions', async () => {
    await start();
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    const read = await db.execute(sql`
      select current_setting('statement_timeout') as statement,
        current_setting('idle_in_transaction_session_timeout') as idle`);
    expect(JSON.stringify(read)).toContain('{"statement":"10s","idle":"30s"}');
  });

  it('sends no mail without TLS', async () => {
    const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const { port } = server.server.address() as AddressInfo;
    await start({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    await bed.api('POST', '/api/v1/auth/forgot-password', { email: 'ana@example.com' });
    const { db } = bed.app.get(PlatformDatabase, { strict: false });
    await until(true, async () => (await db.select().from(mails))[0]?.attempts === 1);
    expect((await db.select().from(mails))[0]?.lastError).toContain('ETLS');
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('limits', async () => {
    await start();
    const answer = await bed.api('POST', '/api/v1/auth/refresh', { refreshToken: 'x' });
    expect(answer.headers.get('ratelimit')).toMatch(/^"refresh-address";r=\d+;t=\d+$/);
    const token = await bed.api('POST', '/oauth/token', {});
    expect(token.headers.get('ratelimit')).toMatch(/^"token-address";r=\d+;t=\d+$/);
  });
});
