import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiTooManyRequestsResponse,
  ApiUnauthorizedResponse,
  getSchemaPath,
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
  ChallengeResponse,
  DEVICE_IN_ANSWER,
  DEVICE_OF_LOGIN,
  EndedSessionsResponse,
  LOGIN_BODY,
  type LoginBody,
  LOGOUT_BODY,
  type LogoutBody,
  REFRESH_BODY,
  type RefreshBody,
  TokenPairResponse,
  TokensResponse,
  VERIFY_BODY,
  type VerifyBody,
} from './login.dto.js';
import { LoginService } from './login.service.js';

/** The schema of an answer in one of two formats. */
const oneOf = (...models: readonly (new (...given: never[]) => object)[]) => ({
  oneOf: models.map((model) => ({ $ref: getSchemaPath(model) })),
});

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
  @RateLimit('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'Signs in with an email address or username, and a password' })
  @ApiHeader(DEVICE_OF_LOGIN)
  @ApiExtraModels(TokensResponse, ChallengeResponse)
  @ApiOkResponse({
    description:
      'Tokens, or a challenge after too many failed logins. The challenge is the same for a right and a wrong password.',
    schema: oneOf(TokensResponse, ChallengeResponse),
    headers: DEVICE_IN_ANSWER,
  })
  @ApiUnauthorizedResponse({
    description: 'The name or the password is wrong, or another factor is needed.',
  })
  @ApiTooManyRequestsResponse({
    description: 'Five failed logins of the caller with this name, or too many requests.',
  })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensResponse | ChallengeResponse> {
    const login = await this.apiSessions.logIn(identifier, password, device);
    return 'challenge' in login ? new ChallengeResponse(login) : new TokensResponse(login);
  }

  @Post('login/verify')
  @Public()
  @RateLimit('code')
  @HttpCode(200)
  @ApiOperation({ summary: 'Completes the challenge of a login with a code from a mail' })
  @ApiHeader(DEVICE_OF_LOGIN)
  @ApiOkResponse({ type: TokensResponse, headers: DEVICE_IN_ANSWER })
  @ApiUnauthorizedResponse({
    description:
      '`code_wrong`; `challenge_invalid` after five wrong codes, ten minutes or a right code.',
  })
  async verify(
    @Body({ schema: VERIFY_BODY }) answer: VerifyBody,
    @Device() device: DeviceInfo,
  ): Promise<TokensResponse> {
    return new TokensResponse(await this.apiSessions.answerChallenge(answer, device));
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
  @RateLimit('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'Signs in, like /api/v1/auth/login' })
  @ApiHeader(DEVICE_OF_LOGIN)
  @ApiExtraModels(TokenPairResponse, ChallengeResponse)
  @ApiOkResponse({
    description: 'Tokens, or a challenge that `POST /api/v1/auth/login/verify` completes.',
    schema: oneOf(TokenPairResponse, ChallengeResponse),
    headers: DEVICE_IN_ANSWER,
  })
  @ApiUnauthorizedResponse({
    description: 'The name or the password is wrong, or another factor is needed.',
  })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokenPairResponse | ChallengeResponse> {
    const login = await this.apiSessions.logIn(identifier, password, device);
    return 'challenge' in login ? new ChallengeResponse(login) : new TokenPairResponse(login);
  }
}
