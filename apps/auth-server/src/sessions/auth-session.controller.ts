import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import {
  CurrentUser,
  Identity,
  OptionalAuth,
  PatronusError,
  Public,
  RequireAuthentication,
} from '@patronus/nestjs';
import { Accounts } from '../accounts/accounts.js';
import { PlatformError } from '../errors/platform.error.js';
import { RateLimit } from '../limits/rate-limit.decorator.js';
import { ApiSessions } from './api-sessions.js';
import type { DeviceInfo } from './device-info.js';
import { Device } from './device.decorator.js';
import { EndedSessionsAnswer } from './ended-sessions.answer.js';
import { LOGIN_BODY, type LoginBody, nameIn } from './login.body.js';
import { RefreshTokens } from './refresh-tokens.js';
import { LOGOUT_BODY, type LogoutBody, REFRESH_BODY, type RefreshBody } from './refresh.body.js';
import { Sessions } from './sessions.js';
import { TokensAnswer } from './tokens.answer.js';

/** From a password to tokens, from tokens to new ones, and out. */
@ApiTags('Authentication')
@Controller('api/v1/auth')
export class AuthSessionController {
  constructor(
    private readonly apiSessions: ApiSessions,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  @Post('login')
  @Public()
  @RateLimit('login', { account: nameIn })
  @HttpCode(200)
  @ApiOperation({ summary: 'Logs in with an e-mail address or username, and a password' })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiUnauthorizedResponse({ description: 'The name or the password is wrong.' })
  @ApiTooManyRequestsResponse({ description: 'The account is locked, or there were too many.' })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensAnswer> {
    return new TokensAnswer(await this.apiSessions.logIn(identifier, password, device));
  }

  @Post('refresh')
  @Public()
  @RateLimit('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchanges a refresh token for new tokens' })
  @ApiOkResponse({ type: TokensAnswer })
  @ApiUnauthorizedResponse({ description: 'The refresh token is not valid, or was used before.' })
  async refresh(
    @Body({ schema: REFRESH_BODY }) { refreshToken }: RefreshBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensAnswer> {
    return new TokensAnswer(await this.apiSessions.refresh(refreshToken, device));
  }

  @Post('logout')
  @OptionalAuth()
  @RateLimit('refresh')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends the session of the access token, or of the refresh token given' })
  @ApiNoContentResponse({ description: 'It has ended, now or before.' })
  async logOut(
    @CurrentUser() user: Identity | undefined,
    @Body({ schema: LOGOUT_BODY }) { refreshToken }: LogoutBody,
  ): Promise<void> {
    if (user === undefined && refreshToken === undefined) throw new PatronusError('token_missing');
    const named = refreshToken && (await this.refreshTokens.sessionOf(refreshToken));
    const ids = [user?.sessionId, named].filter((id) => typeof id === 'string');
    await this.sessions.end(ids, 'logout');
  }

  @Post('logout-all')
  @RequireAuthentication()
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends all sessions of the caller' })
  @ApiOkResponse({ type: EndedSessionsAnswer })
  async logOutAll(@CurrentUser() user: Identity): Promise<EndedSessionsAnswer> {
    const account = await this.accounts.active(user.id);
    if (account === undefined) throw new PlatformError('not_found');
    return new EndedSessionsAnswer(await this.sessions.endAll(account.id, 'logout'));
  }
}
