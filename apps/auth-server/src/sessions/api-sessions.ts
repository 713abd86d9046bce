import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/accounts.js';
import { PlatformDatabase } from '../database/platform-database.js';
import { Authenticator } from '../login/authenticator.js';
import { PlatformMetrics } from '../metrics/platform-metrics.js';
import { AccessTokens, type AccessTokenSubject } from '../tokens/access-tokens.js';
import type { DeviceInfo } from './device-info.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Sessions } from './sessions.js';

/** What a login or a refresh gives. */
export interface ApiTokens {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** Sessions of programs that log in through the API. */
@Injectable()
export class ApiSessions {
  constructor(
    private readonly database: PlatformDatabase,
    private readonly authenticator: Authenticator,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokens,
    private readonly metrics: PlatformMetrics,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  async logIn(identifier: string, password: string, device: DeviceInfo): Promise<ApiTokens> {
    const account = await this.authenticator.verify(identifier, password);
    const { session, refreshToken } = await this.database.db.transaction(async (tx) => {
      await this.accounts.holdUnchanged(tx, account);
      const started = await this.sessions.start(tx, {
        accountId: account.id,
        kind: 'api',
        methods: ['pwd'],
        device,
      });
      return { session: started, refreshToken: await this.refreshTokens.issue(tx, started) };
    });
    return this.answer({ account, session }, refreshToken);
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
