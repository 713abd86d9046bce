import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import { RateLimit } from '../../operation/limits/rate-limit.guard.js';
import { EmailVerificationService } from './registration-confirmation.service.js';
import {
  ConfirmedResponse,
  EMAIL_BODY,
  type EmailBody,
  REGISTER_BODY,
  type RegisterBody,
  TOKEN_BODY,
  type TokenBody,
} from './registration.dto.js';
import { RegistrationService, VerificationResendService } from './registration.service.js';

/** Registration and confirmation of accounts. */
@ApiTags('Accounts')
@Controller('api/v1/auth')
@Public()
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly verification: EmailVerificationService,
    private readonly resending: VerificationResendService,
  ) {}

  @Post('register')
  @HttpCode(202)
  @RateLimit('register')
  @ApiOperation({
    summary: 'Registers an account; the same answer for known and unknown addresses',
  })
  @ApiResponse({ status: 202, description: 'An email will be sent.' })
  @ApiResponse({ status: 422, description: '`password_rejected`, with the reasons.' })
  async register(@Body({ schema: REGISTER_BODY }) body: RegisterBody): Promise<void> {
    await this.registration.register(body);
  }

  @Post('verify-email')
  @HttpCode(200)
  @RateLimit('verify')
  @ApiOperation({ summary: 'Confirms an email address with the token of the email' })
  @ApiResponse({ status: 200, type: ConfirmedResponse })
  @ApiResponse({ status: 410, description: '`link_invalid`' })
  async verify(@Body({ schema: TOKEN_BODY }) { token }: TokenBody): Promise<ConfirmedResponse> {
    return new ConfirmedResponse(await this.verification.verify(token));
  }

  @Post('resend-verification')
  @HttpCode(202)
  @RateLimit('resend')
  @ApiOperation({ summary: 'Sends the confirmation email again' })
  @ApiResponse({ status: 202, description: 'An email will be sent.' })
  async resend(@Body({ schema: EMAIL_BODY }) { email }: EmailBody): Promise<void> {
    await this.resending.resend(email);
  }
}
