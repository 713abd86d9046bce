import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the browser for page tests, or undefined if there is none. */
export function chromiumPath(env: Environment = process.env): string | undefined {
  const path = env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  return existsSync(path) ? path : undefined;
}

/** Returns a Redis for the tests of shared stores, or undefined if none is configured. */
export function redisUrl(env: Environment = process.env): string | undefined {
  return env['REDIS_URL'];
}

/**
 * Returns a PostgreSQL for the tests of databases, as a superuser, or undefined if none is
 * configured.
 */
export function databaseUrl(env: Environment = process.env): string | undefined {
  return env['DATABASE_URL'];
}

/** Returns a NATS for the tests of microservices, or undefined if none is configured. */
export function natsUrl(env: Environment = process.env): string | undefined {
  return env['NATS_URL'];
}

/** Returns a RabbitMQ for the tests of microservices, or undefined if none is configured. */
export function rabbitmqUrl(env: Environment = process.env): string | undefined {
  return env['RABBITMQ_URL'];
}

/** Lists the missing services for the test output: the tests that are left out, and the reason. */
export function missingServices(env: Environment = process.env): readonly string[] {
  const missing: string[] = [];
  if (chromiumPath(env) === undefined) {
    missing.push(`browser tests (no file at ${env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'})`);
  }
  if (redisUrl(env) === undefined) missing.push('Redis tests (REDIS_URL is not set)');
  if (databaseUrl(env) === undefined) missing.push('PostgreSQL tests (DATABASE_URL is not set)');
  if (natsUrl(env) === undefined) missing.push('NATS tests (NATS_URL is not set)');
  if (rabbitmqUrl(env) === undefined) missing.push('RabbitMQ tests (RABBITMQ_URL is not set)');
  return missing;
}

/**
 * Jest's global set-up: creates a cache for the processes of tests, and logs one line for each
 * group of tests that is left out. Under `CI=true` none may be.
 */
export default function announce(): void {
  // The many processes that tests start need not each compile the same packages (Node.js, module).
  process.env['NODE_COMPILE_CACHE'] ??= join(
    import.meta.dirname,
    '../../node_modules/.cache/node-compile',
  );
  process.env['PATRONUS_TEST_RUN'] = randomUUID();
  const missing = missingServices();
  if (missing.length === 0) return;
  const line = `Left out: ${missing.join(', ')}.`;
  if (process.env['CI'] === 'true') throw new Error(`${line} Under CI=true every test must run.`);
  console.log(line);
}
