import { Injectable } from '@nestjs/common';
import { PlatformDatabase } from '../../operation/database/database.js';
import type { AccountRow } from '../../accounts/accounts.service.js';
import type { SessionRow } from '../../sessions/sessions.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import { AccessTokens, type AccessTokenSubject } from '../../sessions/access-tokens.service.js';
import type { DeviceInfo } from '../../sessions/device.js';
import { RefreshTokens, startApiSession } from '../../sessions/refresh-tokens.service.js';
import { Sessions } from '../../sessions/sessions.service.js';
import { Authenticator } from './password-verifier.service.js';

/** What a login or a refresh gives. */
export interface ApiTokens {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

interface StartedSession {
  readonly session: SessionRow;
  readonly refreshToken: string;
}

/** Sessions of programs that log in through the API. */
@Injectable()
export class ApiSessions {
  readonly #start: ReturnType<typeof startApiSession>;

  constructor(
    database: PlatformDatabase,
    private readonly authenticator: Authenticator,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
    private readonly metrics: PlatformMetrics,
  ) {
    this.#start = startApiSession(database.db);
  }

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  async logIn(identifier: string, password: string, device: DeviceInfo): Promise<ApiTokens> {
    const account = await this.authenticator.verify(identifier, password);
    const { session, refreshToken } = await this.start(account, device);
    return this.answer({ account, session }, refreshToken);
  }

  /**
   * Of an account whose password was just verified.
   *
   * @throws {PlatformError} `invalid_credentials` where it was closed, or has another password by now
   */
  async start(account: AccountRow, device: DeviceInfo): Promise<StartedSession> {
    const { id: accountId, passwordHash } = account;
    const session = this.sessions.rowOf({ accountId, kind: 'api', methods: ['pwd'], device });
    const { token: refreshToken, row } = this.refreshTokens.first(session);
    const { hash: tokenHash, expiresAt: tokenExpiresAt } = row;
    const members = { ...session, passwordHash, tokenHash, tokenExpiresAt };
    const started = await this.#start.execute(members);
    if (started.length === 0) throw new PlatformError('invalid_credentials');
    return { session, refreshToken };
  }

  /** @throws {PlatformError} `refresh_token_invalid` */
  async refresh(token: string, device: DeviceInfo): Promise<ApiTokens> {
    const { refreshToken, ...subject } = await this.refreshTokens.exchange(token, device);
    return this.answer(subject, refreshToken);
  }

  private async answer(subject: AccessTokenSubject, refreshToken: string): Promise<ApiTokens> {
    const accessToken = await this.accessTokens.issue(subject);
    this.metrics.tokens.inc({ kind: 'access' });
    this.metrics.tokens.inc({ kind: 'refresh' });
    return { accessToken, expiresIn: this.accessTokens.lifeIn(subject.session), refreshToken };
  }
}
