import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { PlatformError } from '../../errors/platform.error.js';
import { bodyMember } from '../../limits/body-member.js';
import { RateLimit } from '../../limits/rate-limit.decorator.js';
import { checkInboxPage } from '../../pages/check-inbox.page.js';
import { sendPage } from '../../pages/send-page.js';
import { verifiedPage } from '../../pages/verified.page.js';
import { verifyEmailPage } from '../../pages/verify-email.page.js';
import { EMAIL_BODY } from '../bodies/email.body.js';
import { TOKEN_BODY } from '../bodies/token.body.js';
import { EmailVerification } from '../email-verification.js';
import { VerificationResend } from '../verification-resend.js';
import { PageController } from './page-controller.decorator.js';
import { readForm } from './read-form.js';

@PageController()
export class VerifyEmailPageController {
  constructor(
    private readonly verification: EmailVerification,
    private readonly resending: VerificationResend,
  ) {}

  /** Only shows a button: programs that look for malware open every link of a mail. */
  @Get('verify-email')
  form(@Query() query: unknown, @Res() response: Response): void {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    const { token } = value;
    sendPage(response, verifyEmailPage({ action: '/verify-email', hidden: { token } }));
  }

  @Post('verify-email')
  @RateLimit('verify')
  async verify(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, body);
    if (value === undefined) throw new PlatformError('link_invalid');
    const { account, needsPassword } = await this.verification.verify(value.token);
    const choosesAt = needsPassword ? (account.email ?? undefined) : undefined;
    sendPage(response, verifiedPage({ choosesAt }));
  }

  @Post('resend-verification')
  @RateLimit('resend', { account: bodyMember('email') })
  async resend(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(EMAIL_BODY, body);
    if (value === undefined) throw new PlatformError('invalid_input');
    await this.resending.resend(value.email);
    sendPage(response, checkInboxPage({ email: value.email.address }));
  }
}
