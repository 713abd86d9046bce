import { Injectable } from '@nestjs/common';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import {
  AccessTokensService,
  type AccessTokenSubject,
} from '../../sessions/access-tokens.service.js';
import type { DeviceInfo } from '../../operation/http/device.js';
import { RefreshTokensService } from '../../sessions/refresh-tokens.service.js';
import { SignInService } from '../sign-in.service.js';
import { PasswordVerifierService } from './password-verifier.service.js';

/** The result of a login or a refresh. */
export interface ApiTokens {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** Logs clients of the API in, and refreshes their tokens. */
@Injectable()
export class LoginService {
  constructor(
    private readonly passwords: PasswordVerifierService,
    private readonly signIn: SignInService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokensService,
    private readonly metrics: PlatformMetrics,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  async logIn(identifier: string, password: string, device: DeviceInfo): Promise<ApiTokens> {
    const { account, proof } = await this.passwords.verify(identifier, password);
    const { session, refreshToken } = await this.signIn.complete(account, [proof], device);
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
