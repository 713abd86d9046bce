import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../environment/free-port.mjs';
import { PrivateAuthority } from '../../networks/private-authority.js';
import { RunningClinics } from '../../sample/support/running-clinics.js';
import { newAddress, PASSWORD } from '../support/people.js';
import { platformStorage, type PlatformStorage, STORAGES } from '../support/platform-storage.js';
import { RunningPlatform } from '../support/running-platform.js';
import { UserAgent } from '../support/user-agent.js';

/** Timeout in milliseconds, which includes the build on a busy machine. */
const START = 120_000;

describe('the start of the platform', () => {
  const running: RunningPlatform[] = [];
  let storage: PlatformStorage;
  let folder: string;
  let port: number;

  beforeAll(() => RunningClinics.build(), START);
  beforeEach(async () => {
    storage = await platformStorage('embedded');
    folder = mkdtempSync(join(tmpdir(), 'patronus-tls-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const platform of running.splice(0)) {
      platform.signal('SIGTERM');
      await platform.ended();
    }
    await storage.clear();
    rmSync(folder, { recursive: true });
  });

  function start(
    environment: Readonly<Record<string, string>> = {},
    ...command: readonly string[]
  ): RunningPlatform {
    const own = { PORT: String(port), LOG_LEVEL: 'silent', NO_COLOR: '1' };
    const platform = new RunningPlatform(
      { ...storage.environment, ...own, ...environment },
      ...command,
    );
    running.push(platform);
    return platform;
  }

  it(
    'serves HTTPS with the certificate of its files',
    async () => {
      const authority = new PrivateAuthority();
      const { cert, key } = authority.issue('localhost');
      const [certificate, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      writeFileSync(certificate, cert);
      writeFileSync(keyFile, key);
      const issuer = `https://localhost:${port}`;
      const files = { TLS_CERT_FILE: certificate, TLS_KEY_FILE: keyFile };
      await start({ ...files, ISSUER: issuer }).says(/Patronus listens on /);
      const request = get(`${issuer}/health/live`, { ca: authority.cert });
      const [response]: IncomingMessage[] = await once(request, 'response');
      response?.resume();
      expect(response?.statusCode).toBe(200);
    },
    START,
  );

  it(
    'prints only what applies: mails that are sent, an administrator who exists',
    async () => {
      const given = { HOST: '127.0.0.1', SMTP_URL: 'smtp://127.0.0.1:1' };
      const first = start(given);
      await first.says(/Create the first administrator/);
      expect(first.output).not.toContain('Mails are not sent');
      const [link = ''] = /http\S+token=\S+/.exec(first.output) ?? [];
      const browser = new UserAgent(new URL(link).origin);
      const form = await browser.open(link);
      const fields = { email: newAddress(), password: PASSWORD };
      expect((await browser.submit(form, fields)).status).toBe(200);
      first.signal('SIGTERM');
      expect(await first.ended()).toMatchObject({ code: 0 });
      const second = start(given);
      await second.says(/Data: /);
      expect(second.output).not.toContain('Create the first administrator');
    },
    START,
  );

  it('ends with what production needs', async () => {
    const failing = start({ NODE_ENV: 'production' });
    expect(await failing.ended()).toMatchObject({ code: 1 });
    const fatal = JSON.parse(failing.output);
    expect(fatal).toMatchObject({ level: 60, instance: expect.any(String) });
    expect(fatal.msg).toMatch(/^ISSUER is missing: NODE_ENV=production needs it/m);
  });

  it(
    'ends with one line if a certificate cannot be read, and leaves the data free',
    async () => {
      const missing = join(folder, 'none.pem');
      const failing = start({ TLS_CERT_FILE: missing, TLS_KEY_FILE: missing });
      expect(await failing.ended()).toMatchObject({ code: 1 });
      expect(failing.output).toMatch(/^TLS_CERT_FILE or TLS_KEY_FILE: ENOENT.*none\.pem'\.\n$/);
      await start().says(/Patronus listens on/);
    },
    START,
  );

  it(
    'ends with one line if its port is in use',
    async () => {
      await start().says(/Patronus listens on/);
      const other = await platformStorage('embedded');
      const second = start(other.environment);
      expect(await second.ended()).toMatchObject({ code: 1 });
      expect(second.output).toBe(`PORT ${port} is in use: choose another one.\n`);
      await other.clear();
    },
    START,
  );

  it('ends with the error of the system if it cannot listen', async () => {
    // An address of documentation (RFC 5737), which no machine has.
    const failing = start({ HOST: '192.0.2.1' });
    expect(await failing.ended()).toMatchObject({ code: 1 });
    expect(failing.output).toContain('EADDRNOTAVAIL');
  });

  const onServer = STORAGES.includes('embedded') ? it.skip : it;

  onServer(
    'listens on all addresses in production, and tells of it in JSON without the setup link',
    async () => {
      const servers = await platformStorage('PostgreSQL + Redis');
      const issuer = 'https://id.example.com';
      const given = {
        ...servers.environment,
        NODE_ENV: 'production',
        ISSUER: issuer,
        MASTER_KEY: randomBytes(32).toString('base64'),
        SMTP_URL: 'smtp://127.0.0.1:1',
      };
      const production = start(given);
      await production.says(/Patronus listens on /);
      for (const address of ['127.0.0.1', '127.0.0.2']) {
        const answer = await fetch(`http://${address}:${port}/health/live`);
        expect(answer.status).toBe(200);
      }
      production.signal('SIGTERM');
      expect(await production.ended()).toMatchObject({ code: 0 });
      const lines = production.output
        .trim()
        .split('\n')
        .map((line) => Object(JSON.parse(line)));
      expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
        [30, `Patronus listens on ${issuer}`],
        [40, expect.stringContaining('setup-link')],
        [30, 'Patronus stops after SIGTERM'],
        [30, 'Patronus has stopped'],
      ]);
      expect(lines[0]).toMatchObject({
        address: `[::]:${port}`,
        issuer,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        instance: expect.stringMatching(/:\d+$/),
      });
      expect(production.output).not.toContain('token=');
      const link = start({ ...given }, 'setup-link');
      expect(await link.ended()).toMatchObject({ code: 0 });
      expect(link.output).toMatch(/^https:\/\/id\.example\.com\/setup\?token=pot_[\w-]{43}\n$/);
      const again = start({ ...given }, 'setup-link');
      await again.ended();
      expect(again.output).toBe(link.output);
      await servers.clear();
    },
    START,
  );
});
