import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { sanitizedStack } from '../logging/redaction.js';
import { isOutage } from './errors.js';

const failureOf = async (port: number): Promise<unknown> => {
  const pool = new Pool({ host: '127.0.0.1', port, connectionTimeoutMillis: 500 });
  try {
    return await drizzle(pool).execute(sql`select ${'a secret'}::text`);
  } catch (error) {
    return error;
  } finally {
    await pool.end();
  }
};

describe('a failure', () => {
  it('is an outage where no database listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');

    const error = await failureOf(typeof address === 'object' ? (address?.port ?? 1) : 1);

    expect(error).toBeInstanceOf(DrizzleQueryError);
    expect(isOutage(error)).toBe(true);
  });

  it('is an outage where a database does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();

    const error = await failureOf(typeof address === 'object' ? (address?.port ?? 1) : 1);

    server.close();
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    ['57P01', true],
    ['57014', true],
    ['25P03', true],
    ['53300', true],
    ['08006', true],
    ['ECONNRESET', true],
    ['23505', false],
    ['42601', false],
  ])('of the code %s is an outage: %s', (code, expected) => {
    const cause = Object.assign(new Error('a text'), { code });

    expect(isOutage(new DrizzleQueryError('select', [], cause))).toBe(expected);
  });

  it.each([
    ['a mistake', new TypeError('x is not a function')],
    ['nothing', undefined],
    ['a text', 'text'],
    ['an object', {}],
  ])('is our own where it is %s', (_what, error) => {
    expect(isOutage(error)).toBe(false);
  });

  it('is logged without what was sent', () => {
    const cause = Object.assign(new Error('Key (id_hash)=(secret) exists'), { code: '23505' });
    const error = new DrizzleQueryError('insert', ['secret'], cause);

    const line = sanitizedStack(error);

    expect(error.message).toContain('secret');
    expect(line).not.toContain('secret');
    expect(line).toMatch(/\(23505\)\n\s+at /);
  });
});
