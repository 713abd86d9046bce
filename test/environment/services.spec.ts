import { describe, expect, it } from '@jest/globals';
import {
  chromiumPath,
  databaseUrl,
  missingServices,
  natsUrl,
  rabbitmqUrl,
  redisUrl,
} from './services.js';

const here = import.meta.filename;

describe('services', () => {
  it('takes the browser from CHROMIUM_PATH', () => {
    expect(chromiumPath({ CHROMIUM_PATH: here })).toBe(here);
  });

  it('knows no browser where no file is', () => {
    expect(chromiumPath({ CHROMIUM_PATH: `${here}.missing` })).toBeUndefined();
  });

  it('takes Redis from REDIS_URL', () => {
    expect(redisUrl({ REDIS_URL: 'redis://127.0.0.1:6379' })).toBe('redis://127.0.0.1:6379');
    expect(redisUrl({})).toBeUndefined();
  });

  it('takes PostgreSQL from DATABASE_URL', () => {
    expect(databaseUrl({ DATABASE_URL: 'postgres://127.0.0.1/test' })).toBe(
      'postgres://127.0.0.1/test',
    );
    expect(databaseUrl({})).toBeUndefined();
  });

  it('takes brokers from NATS_URL and RABBITMQ_URL', () => {
    const env = { NATS_URL: 'nats://127.0.0.1', RABBITMQ_URL: 'amqp://127.0.0.1' };
    expect([natsUrl(env), rabbitmqUrl(env)]).toEqual(['nats://127.0.0.1', 'amqp://127.0.0.1']);
    expect([natsUrl({}), rabbitmqUrl({})]).toEqual([undefined, undefined]);
  });

  it('names what is left out, and why', () => {
    expect(missingServices({ CHROMIUM_PATH: '/no/browser' })).toEqual([
      'browser tests (no file at /no/browser)',
      'Redis tests (REDIS_URL is not set)',
      'PostgreSQL tests (DATABASE_URL is not set)',
      'NATS tests (NATS_URL is not set)',
      'RabbitMQ tests (RABBITMQ_URL is not set)',
    ]);
  });

  it('names nothing where everything is there', () => {
    const all = {
      CHROMIUM_PATH: here,
      REDIS_URL: 'redis://x',
      DATABASE_URL: 'postgres://x',
      NATS_URL: 'nats://x',
      RABBITMQ_URL: 'amqp://x',
    };
    expect(missingServices(all)).toEqual([]);
  });
});
