import { Injectable } from '@nestjs/common';
import type { AccountRow } from '../../accounts/accounts.service.js';
import type { Proof } from '../../credentials/credential.js';
import { PlatformMetrics } from '../../operation/metrics/metrics.js';
import {
  AccessTokensService,
  type AccessTokenSubject,
} from '../../sessions/access-tokens.service.js';
import type { DeviceInfo } from '../../operation/http/device.js';
import { RefreshTokensService } from '../../sessions/refresh-tokens.service.js';
import { SignInService } from '../sign-in.service.js';
import { API_FLOW, ChallengesService } from '../challenge/challenges.service.js';
import { type ChallengedSignIn, PasswordVerifierService } from './password-verifier.service.js';

/** The result of a login or a refresh. */
export interface ApiTokens {
  readonly accessToken: string;
  /** In seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** An answer to the challenge of a login. */
interface ApiChallengeAnswer {
  readonly token: string;
  readonly factor: string;
  readonly code: string;
}

/** Logs clients of the API in, and refreshes their tokens. */
@Injectable()
export class LoginService {
  constructor(
    private readonly passwords: PasswordVerifierService,
    private readonly challenges: ChallengesService,
    private readonly signIn: SignInService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly accessTokens: AccessTokensService,
    private readonly metrics: PlatformMetrics,
  ) {}

  /** @throws {PlatformError} `invalid_credentials`, `account_locked`, `overloaded` */
  async logIn(
    identifier: string,
    password: string,
    device: DeviceInfo,
  ): Promise<ApiTokens | ChallengedSignIn> {
    const login = { identifier, password, channel: 'header', flow: API_FLOW } as const;
    const proven = await this.passwords.verify(login);
    if ('challenge' in proven) return proven;
    return this.complete(proven.account, [proven.proof], device);
  }

  /** @throws {PlatformError} `code_wrong`, `challenge_invalid`, `overloaded` */
  async answerChallenge(answer: ApiChallengeAnswer, device: DeviceInfo): Promise<ApiTokens> {
    const completed = this.challenges.complete({ ...answer, flow: API_FLOW });
    const { account, proofs } = await this.metrics.countFailure(completed);
    return this.complete(account, proofs, device);
  }

  /** @throws {PlatformError} `refresh_token_invalid` */
  async refresh(token: string, device: DeviceInfo): Promise<ApiTokens> {
    const { refreshToken, ...subject } = await this.refreshTokens.exchange(token, device);
    return this.answer(subject, refreshToken);
  }

  private async complete(
    account: AccountRow,
    proofs: readonly Proof[],
    device: DeviceInfo,
  ): Promise<ApiTokens> {
    const { session, refreshToken } = await this.signIn.complete(account, proofs, device);
    return this.answer({ account, session }, refreshToken);
  }

  private async answer(subject: AccessTokenSubject, refreshToken: string): Promise<ApiTokens> {
    const accessToken = await this.accessTokens.issue(subject);
    this.metrics.tokens.inc({ kind: 'access' });
    this.metrics.tokens.inc({ kind: 'refresh' });
    return { accessToken, expiresIn: this.accessTokens.lifeIn(subject.session), refreshToken };
  }
}
