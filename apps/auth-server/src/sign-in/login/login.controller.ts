import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiHeader,
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
import { AccountsService } from '../../accounts/accounts.service.js';
import { PlatformError } from '../../operation/http/errors.js';
import { RateLimit } from '../../operation/limits/rate-limit.guard.js';
import type { DeviceInfo } from '../../operation/http/device.js';
import { Device } from '../../operation/http/request-facts.js';
import { RefreshTokensService } from '../../sessions/refresh-tokens.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import {
  DEVICE_IN_ANSWER,
  DEVICE_OF_LOGIN,
  EndedSessionsResponse,
  LOGIN_BODY,
  type LoginBody,
  LOGOUT_BODY,
  type LogoutBody,
  nameIn,
  REFRESH_BODY,
  type RefreshBody,
  TokenPairResponse,
  TokensResponse,
} from './login.dto.js';
import { LoginService } from './login.service.js';

/** Login, refresh and logout of the API. */
@ApiTags('Authentication')
@Controller('api/v1/auth')
export class AuthSessionController {
  constructor(
    private readonly apiSessions: LoginService,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly refreshTokens: RefreshTokensService,
  ) {}

  @Post('login')
  @Public()
  @RateLimit('login', { account: nameIn })
  @HttpCode(200)
  @ApiOperation({ summary: 'Signs in with an email address or username, and a password' })
  @ApiHeader(DEVICE_OF_LOGIN)
  @ApiOkResponse({ type: TokensResponse, headers: DEVICE_IN_ANSWER })
  @ApiUnauthorizedResponse({
    description: 'The name or the password is wrong, or another factor is needed.',
  })
  @ApiTooManyRequestsResponse({
    description: 'The account is locked, or there were too many requests.',
  })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensResponse> {
    return new TokensResponse(await this.apiSessions.logIn(identifier, password, device));
  }

  @Post('refresh')
  @Public()
  @RateLimit('refresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchanges a refresh token for new tokens' })
  @ApiOkResponse({ type: TokensResponse })
  @ApiUnauthorizedResponse({ description: 'The refresh token is invalid or was used before.' })
  async refresh(
    @Body({ schema: REFRESH_BODY }) { refreshToken }: RefreshBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensResponse> {
    return new TokensResponse(await this.apiSessions.refresh(refreshToken, device));
  }

  @Post('logout')
  @OptionalAuth()
  @RateLimit('refresh')
  @HttpCode(204)
  @ApiOperation({ summary: 'Ends the session of the access token or the refresh token' })
  @ApiNoContentResponse({ description: 'The session has ended.' })
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
  @ApiOkResponse({ type: EndedSessionsResponse })
  async logOutAll(@CurrentUser() user: Identity): Promise<EndedSessionsResponse> {
    const account = await this.accounts.active(user.id);
    if (account === undefined) throw new PlatformError('not_found');
    return new EndedSessionsResponse(await this.sessions.endAll(account.id, 'logout'));
  }
}

/** The login of services that verify their callers with `/api/me`. */
@ApiTags('Authentication')
@Controller('api')
export class TokenController {
  constructor(private readonly apiSessions: LoginService) {}

  @Post('token')
  @Public()
  @RateLimit('login', { account: nameIn })
  @HttpCode(200)
  @ApiOperation({ summary: 'Signs in, like /api/v1/auth/login' })
  @ApiHeader(DEVICE_OF_LOGIN)
  @ApiOkResponse({ type: TokenPairResponse, headers: DEVICE_IN_ANSWER })
  @ApiUnauthorizedResponse({
    description: 'The name or the password is wrong, or another factor is needed.',
  })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokenPairResponse> {
    return new TokenPairResponse(await this.apiSessions.logIn(identifier, password, device));
  }
}
