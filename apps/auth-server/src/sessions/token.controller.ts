import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import { RateLimit } from '../limits/rate-limit.decorator.js';
import { ApiSessions } from './api-sessions.js';
import type { DeviceInfo } from './device-info.js';
import { Device } from './device.decorator.js';
import { LOGIN_BODY, type LoginBody, nameIn } from './login.body.js';
import { TokenPairAnswer } from './token-pair.answer.js';

/** The login of services that ask `/api/me` about their callers. */
@ApiTags('Authentication')
@Controller('api')
export class TokenController {
  constructor(private readonly apiSessions: ApiSessions) {}

  @Post('token')
  @Public()
  @RateLimit('login', { account: nameIn })
  @HttpCode(200)
  @ApiOperation({ summary: 'Logs in, as /api/v1/auth/login does' })
  @ApiOkResponse({ type: TokenPairAnswer })
  @ApiUnauthorizedResponse({ description: 'The name or the password is wrong.' })
  async logIn(
    @Body({ schema: LOGIN_BODY }) { identifier, password }: LoginBody,
    @Device() device: DeviceInfo,
  ): Promise<TokenPairAnswer> {
    return new TokenPairAnswer(await this.apiSessions.logIn(identifier, password, device));
  }
}
