import { expect } from '@jest/globals';
import { asc, eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { accounts } from '../../../apps/auth-server/src/accounts/accounts.table.js';
import {
  type DatabaseSession,
  PlatformDatabase,
} from '../../../apps/auth-server/src/operation/database/database.js';
import {
  deviceAccounts,
  devices,
} from '../../../apps/auth-server/src/sessions/devices/devices.table.js';
import { sessions } from '../../../apps/auth-server/src/sessions/sessions.table.js';
import { PASSWORD, registered } from '../support/people.js';
import { PlatformBed } from '../support/platform-bed.js';
import type { StorageName } from '../support/platform-storage.js';

/** A login that succeeded. */
export interface Login {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly session: string;
  /** The secret of the device. */
  readonly secret: string;
}

/** Options of {@link DeviceBed.logIn}. */
export interface LoginOptions {
  readonly secret?: string | undefined;
  readonly password?: string;
  readonly agent?: string;
}

/** The platform, with people who sign in on devices. */
export class DeviceBed {
  private constructor(readonly platform: PlatformBed) {}

  static async start(storage: StorageName): Promise<DeviceBed> {
    const environment = { CORS_ORIGINS: 'https://app.example.com' };
    return new DeviceBed(await PlatformBed.start({ storage, environment }));
  }

  get db(): DatabaseSession {
    return this.platform.app.get(PlatformDatabase, { strict: false }).db;
  }

  async person(): Promise<{ readonly email: string; readonly id: string }> {
    const email = await registered(this.platform);
    const [row] = await this.db.select().from(accounts).where(eq(accounts.emailKey, email));
    return { email, id: row!.id };
  }

  answerTo(email: string, { secret, password = PASSWORD, agent }: LoginOptions = {}) {
    return this.platform.api('POST', '/api/v1/auth/login', { email, password }, undefined, {
      ...(secret !== undefined && { 'x-device-id': secret }),
      ...(agent !== undefined && { 'user-agent': agent }),
    });
  }

  /** Logs in, and expects that it succeeds. */
  async logIn(email: string, options: LoginOptions = {}): Promise<Login> {
    const { status, body, headers } = await this.answerTo(email, options);
    expect(status).toBe(200);
    const { accessToken, refreshToken } = body;
    const secret = headers.get('x-device-id') ?? '';
    return { accessToken, refreshToken, session: String(decodeJwt(accessToken)['sid']), secret };
  }

  /** The ids of the devices that an account knows, the first one first. */
  async knownTo(accountId: string): Promise<readonly string[]> {
    const rows = await this.db
      .select()
      .from(deviceAccounts)
      .where(eq(deviceAccounts.accountId, accountId))
      .orderBy(asc(deviceAccounts.firstAt), asc(deviceAccounts.lastAt));
    return rows.map(({ deviceId }) => deviceId);
  }

  async deviceOf(session: string): Promise<string | null | undefined> {
    const [row] = await this.db.select().from(sessions).where(eq(sessions.id, session));
    return row?.deviceId;
  }

  async devices() {
    return this.db.select().from(devices);
  }

  list(token: string) {
    return this.platform.api('GET', '/api/v1/me/devices', undefined, token);
  }

  forget(token: string, id: string) {
    return this.platform.api('DELETE', `/api/v1/me/devices/${id}`, undefined, token);
  }

  close(): Promise<void> {
    return this.platform.close();
  }
}
