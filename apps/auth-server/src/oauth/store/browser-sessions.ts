import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, Provider } from 'oidc-provider';
import { Accounts } from '../../accounts/accounts.service.js';
import { PlatformDatabase } from '../../operation/database/database.js';
import { type AccountRow } from '../../accounts/accounts.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { type DeviceInfo, deviceOf } from '../../sessions/device.js';
import { Sessions } from '../../sessions/sessions.service.js';
import { type NewOidcPayload, OidcPayloadRepository } from './payload.repository.js';

/** What the request that oidc-provider answers right now says of its device. */
export function deviceHere(): DeviceInfo {
  const request = Provider.ctx?.req;
  // Express made the request: it knows which proxies to believe.
  const ip = request !== undefined && 'ip' in request ? request.ip : undefined;
  return deviceOf({
    headers: request?.headers ?? {},
    ip: typeof ip === 'string' ? ip : undefined,
  });
}

/** What an interaction hands on of a password that was right: void once there is another one. */
export function passwordProofOf({ id, passwordHash }: AccountRow): string {
  return createHash('sha256').update(`${id} ${passwordHash}`).digest('base64url');
}

/** Whether the interaction that ends right now was given the account's present password. */
function isPasswordProven(account: AccountRow): boolean {
  const proof = Provider.ctx?.oidc.result?.login?.['proof'];
  if (typeof proof !== 'string') return false;
  const [given, expected] = [Buffer.from(proof), Buffer.from(passwordProofOf(account))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** A browser's session in which somebody has signed in. */
interface SignedInSession {
  readonly uid: string;
  readonly accountId: string;
  /** When, in seconds since the epoch. */
  readonly loginTs?: number | undefined;
  readonly amr?: readonly string[] | undefined;
}

/** Keeps the sessions of browsers and the rows of `sessions` in step. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly rows: OidcPayloadRepository,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Writes what oidc-provider keeps of a session, together with its row.
   *
   * @throws {errors.SessionNotFound} where it has ended meanwhile: it must not come back to life
   */
  async keep(session: SignedInSession, row: NewOidcPayload): Promise<void> {
    const known = await this.sessions.find(session.uid);
    if (known !== undefined) return this.goOn(session, row);
    try {
      await this.begin(session, row);
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'invalid_credentials')
        throw ended(error);
      throw error;
    }
  }

  async end(uid: string): Promise<void> {
    await this.sessions.end([uid], 'logout');
  }

  private async begin(session: SignedInSession, row: NewOidcPayload): Promise<void> {
    const account = await this.accounts.active(session.accountId);
    if (account === undefined || !isPasswordProven(account)) throw ended();
    const { uid: id, accountId } = session;
    await this.database.db.transaction(async (tx) => {
      await this.accounts.lockUnchanged(tx, account);
      const device = deviceHere();
      await this.sessions.start(tx, {
        id,
        accountId,
        kind: 'browser',
        device,
        ...loginOf(session),
      });
      await this.rows.put(row, tx);
    });
  }

  private async goOn(session: SignedInSession, row: NewOidcPayload): Promise<void> {
    const { uid, accountId } = session;
    await this.database.db.transaction(async (tx) => {
      const touched = await this.sessions.touch(tx, uid, deviceHere());
      if (touched?.accountId !== accountId) throw ended();
      const login = loginOf(session);
      if (login.authenticatedAt > touched.authenticatedAt) {
        await this.sessions.reauthenticate(tx, uid, login);
      }
      await this.rows.put(row, tx);
    });
  }
}

function loginOf({ loginTs, amr = [] }: SignedInSession) {
  const authenticatedAt = loginTs === undefined ? new Date() : new Date(loginTs * 1000);
  return { authenticatedAt, methods: [...amr] };
}

function ended(cause?: Error): errors.SessionNotFound {
  return new errors.SessionNotFound('the session has ended', undefined, { cause });
}
