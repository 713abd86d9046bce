import { Injectable } from '@nestjs/common';
import { errors, Provider } from 'oidc-provider';
import { PlatformDatabase } from '../../operation/database/database.js';
import { PlatformError } from '../../operation/http/errors.js';
import { type DeviceInfo, UNKNOWN_DEVICE } from '../../operation/http/device.js';
import { currentRequest } from '../../operation/http/request-facts.js';
import { type SessionRow, SessionsService } from '../../sessions/sessions.service.js';
import { SignInService } from '../../sign-in/sign-in.service.js';
import { type NewOidcPayload, PayloadRepository } from './payload.repository.js';

/** Describes the device of the current request of oidc-provider. */
export function currentDevice(): DeviceInfo {
  return currentRequest()?.device ?? UNKNOWN_DEVICE;
}

/**
 * Returns the result of the sign-in page that the browser returns from. The interaction is the one in the
 * address: when the session is saved, `entities.Interaction` may be the next one, for consent.
 */
function resultHere(): { readonly token: string; readonly interaction: string } | undefined {
  const { oidc, path } = Provider.ctx ?? {};
  const token = oidc?.result?.login?.['token'];
  const interaction = path?.split('/').at(-1);
  return typeof token === 'string' && interaction !== undefined
    ? { token, interaction }
    : undefined;
}

/** The session of a browser after a sign-in. */
interface SignedInSession {
  readonly uid: string;
  readonly accountId: string;
  /** The time of the sign-in, in seconds since the epoch. */
  readonly loginTs?: number | undefined;
}

/** Synchronises the sessions of browsers with the rows of `sessions`. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly rows: PayloadRepository,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
  ) {}

  /**
   * Writes the payload of oidc-provider together with the row of the session.
   *
   * @throws {errors.SessionNotFound} if the session has ended: an ended session must not be restored
   */
  async keep(session: SignedInSession, row: NewOidcPayload): Promise<void> {
    const known = await this.sessions.find(session.uid);
    try {
      if (known === undefined) await this.begin(session, row);
      else await this.goOn(session, row, known);
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
    const result = resultHere();
    if (result === undefined) throw ended();
    const { uid: id, accountId } = session;
    await this.database.db.transaction(async (tx) => {
      const start = { id, device: currentDevice() };
      await this.signIn.startInBrowser(tx, { ...result, accountId }, start);
      await this.rows.put(row, tx);
    });
  }

  private async goOn(
    session: SignedInSession,
    row: NewOidcPayload,
    { authenticatedAt }: SessionRow,
  ): Promise<void> {
    const { uid, accountId, loginTs = 0 } = session;
    await this.database.db.transaction(async (tx) => {
      const touched = await this.sessions.touch(tx, uid, currentDevice());
      if (touched?.accountId !== accountId) throw ended();
      if (loginTs > Math.floor(authenticatedAt.getTime() / 1000)) {
        const result = resultHere();
        if (result === undefined) throw ended();
        await this.signIn.reauthenticateInBrowser(tx, { ...result, accountId }, uid);
      }
      await this.rows.put(row, tx);
    });
  }
}

function ended(cause?: Error): errors.SessionNotFound {
  return new errors.SessionNotFound('the session has ended', undefined, { cause });
}
