import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Identity, Public, RequireAuthentication } from '@patronus/nestjs';
import { AccountsService } from '../../accounts/accounts.service.js';
import { RateLimit } from '../../operation/limits/rate-limit.guard.js';
import { EMAIL_BODY, type EmailBody } from '../registration/registration.dto.js';
import {
  CHANGE_PASSWORD_BODY,
  type ChangePasswordBody,
  RESET_PASSWORD_BODY,
  type ResetPasswordBody,
} from '../login/login.dto.js';
import { PasswordChangeService, PasswordRecoveryService } from './password.service.js';

/** Routes that set a new password. */
@ApiTags('Accounts')
@Controller('api/v1/auth')
export class PasswordController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly recovery: PasswordRecoveryService,
    private readonly passwordChange: PasswordChangeService,
  ) {}

  @Post('forgot-password')
  @HttpCode(202)
  @Public()
  @RateLimit('forgot')
  @ApiOperation({
    summary:
      'Sends a link to choose a new password; the same answer for known and unknown addresses',
  })
  @ApiResponse({ status: 202, description: 'An email will be sent.' })
  async forgot(@Body({ schema: EMAIL_BODY }) { email }: EmailBody): Promise<void> {
    await this.recovery.forgot(email);
  }

  @Post('reset-password')
  @HttpCode(204)
  @Public()
  @RateLimit('reset')
  @ApiOperation({
    summary: 'Sets a new password with the token of the email, and ends all sessions',
  })
  @ApiNoContentResponse({ description: 'The password is set.' })
  @ApiResponse({ status: 410, description: '`link_invalid`' })
  @ApiResponse({ status: 422, description: '`password_rejected`, with the reasons.' })
  async reset(
    @Body({ schema: RESET_PASSWORD_BODY }) { token, password }: ResetPasswordBody,
  ): Promise<void> {
    await this.recovery.reset(token, password);
  }

  @Post('change-password')
  @HttpCode(204)
  @RequireAuthentication()
  @RateLimit('account')
  @ApiOperation({ summary: 'Changes the password, and ends all other sessions' })
  @ApiNoContentResponse({ description: 'The password is changed.' })
  @ApiResponse({ status: 422, description: '`password_rejected`, with the reasons.' })
  async change(
    @CurrentUser() user: Identity,
    @Body({ schema: CHANGE_PASSWORD_BODY }) body: ChangePasswordBody,
  ): Promise<void> {
    const account = await this.accounts.ofCaller(user);
    await this.passwordChange.change(account, { ...body, sessionId: user.sessionId });
  }
}
