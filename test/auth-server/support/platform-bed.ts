import type { NestExpressApplication } from '@nestjs/platform-express';
import { createServer } from '../../../apps/auth-server/src/server.js';
import { PlatformDatabase } from '../../../apps/auth-server/src/operation/database/database.js';
import { mails } from '../../../apps/auth-server/src/notifications/mails.table.js';
import type { Mail } from '../../../apps/auth-server/src/notifications/mail-layout.js';
import { Keyring } from '../../../apps/auth-server/src/operation/crypto/keyring.js';
import { readSettings } from '../../../apps/auth-server/src/operation/settings/server-settings.js';
import { freePort } from '../../environment/free-port.mjs';
import { ManualClock } from './manual-clock.js';
import { platformStorage, type PlatformStorage, type StorageName } from './platform-storage.js';

/** Cheap hashes, no limits, no log: most tests are not about these. */
const QUICK = {
  HASH_MEMORY: '64',
  HASH_TIME: '1',
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'silent',
};

export interface BedOptions {
  /** `embedded` by default. */
  readonly storage?: StorageName;
  /** Further members of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: ManualClock;
  /** The storage of another bed that runs or was stopped, for a second instance or a restart. */
  readonly on?: PlatformStorage;
  /** A free one by default. */
  readonly port?: number;
}

/** An answer of the platform's API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Awaited<ReturnType<Response['json']>>;
}

/** The real server on a free port, on a database of its own. */
export class PlatformBed {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly port: number,
    readonly clock: ManualClock,
    readonly storage: PlatformStorage,
    private readonly ownsStorage: boolean,
  ) {}

  static async start(options: BedOptions = {}): Promise<PlatformBed> {
    const { clock = new ManualClock(), environment = {} } = options;
    const storage = options.on ?? (await platformStorage(options.storage ?? 'embedded'));
    const port = options.port ?? (await freePort());
    const settings = readSettings({
      ...QUICK,
      PORT: String(port),
      ...storage.environment,
      ...environment,
    });
    const app = await createServer({ settings, database: await storage.open(settings), clock });
    await app.listen(port, '127.0.0.1');
    const url = `http://localhost:${port}`;
    if (options.port !== undefined) await forgetConnections(url);
    return new PlatformBed(app, url, port, clock, storage, options.on === undefined);
  }

  /** Mails to an address, oldest first, sent or not. */
  async inbox(address: string): Promise<Mail[]> {
    const keyring = this.app.get(Keyring, { strict: false });
    const rows = await this.app
      .get(PlatformDatabase, { strict: false })
      .db.select()
      .from(mails)
      .orderBy(mails.createdAt);
    return rows
      .map(({ id, sealed }): Mail => JSON.parse(keyring.open('mails', id, sealed)))
      .filter(({ to }) => to.toLowerCase() === address.toLowerCase());
  }

  /** The token in the link of the last mail to an address. */
  async tokenMailedTo(address: string): Promise<string> {
    const mail = (await this.inbox(address)).at(-1);
    const token = /[?&]token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
    if (token === undefined) throw new Error(`no link was mailed to ${address}`);
    return token;
  }

  async api(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...more,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  }

  /** Ends the server, and keeps its data: pass `storage` to another bed, then clear it. */
  async stop(): Promise<void> {
    await this.app.close();
  }

  async close(): Promise<void> {
    await this.stop();
    if (this.ownsStorage) await this.storage.clear();
  }
}

/**
 * Makes `fetch` notice, by a failure, that an earlier server on the port has closed a connection.
 */
async function forgetConnections(url: string): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer !== undefined) return;
  }
}
