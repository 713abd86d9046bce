import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../environment/free-port.mjs';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';

/** Timeout in milliseconds, which includes the build on a busy machine. */
const START = 120_000;
const OLDER =
  'The tables are older than this version of the server. Run `node dist/main.js migrate` first, or set MIGRATE_AT_START=on.\n';

describe.each(STORAGES)('the command line on %s', (name) => {
  let storage: PlatformStorage;
  beforeAll(() => RunningClinics.build(), START);
  beforeEach(async () => {
    storage = await platformStorage(name);
  });
  afterEach(() => storage.clear());

  const run = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const platform = new RunningPlatform({ ...storage.environment, ...environment }, ...args);
    const { code } = await platform.ended();
    return { code, output: platform.output };
  };

  it(
    'migrates with a command of its own, and then starts without migrating',
    async () => {
      const off = { MIGRATE_AT_START: 'off', PORT: String(await freePort()), LOG_LEVEL: 'silent' };
      expect(await run([], off)).toEqual({ code: 1, output: OLDER });

      const first = await run(['migrate']);
      expect(first.code).toBe(0);
      const lines = first.output.trim().split('\n');
      expect(lines.length).toBeGreaterThan(2);
      expect(lines[0]).toBe('Applied 0000_platform.');
      for (const line of lines) expect(line).toMatch(/^Applied \d{4}_\w+\.$/);
      const up = { code: 0, output: 'The tables are up to date.\n' };
      expect(await run(['migrate'])).toEqual(up);

      const platform = new RunningPlatform({ ...storage.environment, ...off });
      await platform.says(/Patronus listens on/);
      platform.signal('SIGTERM');
      expect(await platform.ended()).toMatchObject({ code: 0 });
    },
    START,
  );

  it(
    'refuses commands that do not exist, with the usage',
    async () => {
      for (const args of [['destroy'], ['migrate', 'twice']]) {
        const { code, output } = await run(args);
        expect(code).toBe(2);
        expect(output).toMatch(/^Usage: node main\.js \[command\]\n[^]*\n {2}migrate +\w/);
      }
    },
    START,
  );

  it(
    'does not migrate at start in production',
    async () => {
      const { output, code } = await run([], {
        NODE_ENV: 'production',
        MIGRATE_AT_START: '',
        ISSUER: 'https://id.example.com',
        MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        SMTP_URL: 'smtp://127.0.0.1:1',
      });
      const embedded = 'DATABASE_URL is missing: NODE_ENV=production needs it; the embedded';
      expect(output).toContain(name === 'embedded' ? embedded : OLDER.trim());
      expect(code).toBe(1);
    },
    START,
  );

  it(
    'migrates in production with the address of the database alone',
    async () => {
      const { DATABASE_URL: url = '' } = storage.environment;
      const environment = { NODE_ENV: 'production', DATABASE_URL: '', MIGRATION_DATABASE_URL: url };
      const { code, output } = await run(['migrate'], environment);
      if (name === 'embedded') {
        // In production the log is JSON, a line for each entry.
        const { msg } = JSON.parse(output);
        expect(msg).toBe(
          'MIGRATION_DATABASE_URL is missing: NODE_ENV=production needs it, or DATABASE_URL.',
        );
      }
      expect(code).toBe(name === 'embedded' ? 1 : 0);
    },
    START,
  );

  it(
    'names the setting of a database that cannot be reached',
    async () => {
      const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const url = `postgres://owner:s3cret@127.0.0.1:${port}/main`;
      const migration = await run(['migrate'], { MIGRATION_DATABASE_URL: url });
      expect(migration.output).toMatch(
        /^MIGRATION_DATABASE_URL: the database cannot be reached: .+\.\n$/,
      );
      const started = await run([], { DATABASE_URL: url, MIGRATE_AT_START: 'off' });
      expect(started.output).toMatch(/^DATABASE_URL: the database cannot be reached: .+\.\n$/);
      expect([migration.code, started.code]).toEqual([1, 1]);
      expect(migration.output + started.output).not.toContain('s3cret');
      server.close();
    },
    START,
  );
});
