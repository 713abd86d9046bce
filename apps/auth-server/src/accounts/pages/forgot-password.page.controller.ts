import { Body, Get, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { bodyMember } from '../../limits/body-member.js';
import { RateLimit } from '../../limits/rate-limit.decorator.js';
import { checkInboxPage } from '../../pages/check-inbox.page.js';
import { forgotPasswordPage } from '../../pages/forgot-password.page.js';
import { sendPage } from '../../pages/send-page.js';
import { EMAIL_BODY } from '../bodies/email.body.js';
import { PasswordRecovery } from '../password-recovery.js';
import { PageController } from './page-controller.decorator.js';
import { readForm, textFields } from './read-form.js';

const ACTION = '/forgot-password';

@PageController()
export class ForgotPasswordPageController {
  constructor(private readonly recovery: PasswordRecovery) {}

  @Get('forgot-password')
  form(@Res() response: Response): void {
    sendPage(response, forgotPasswordPage({ action: ACTION }));
  }

  @Post('forgot-password')
  @RateLimit('forgot', { account: bodyMember('email') })
  async forgot(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value, ...refused } = readForm(EMAIL_BODY, body);
    if (value === undefined) {
      const { email } = textFields(body);
      const page = forgotPasswordPage({ action: ACTION, email, ...refused });
      return sendPage(response, page, { status: 422 });
    }
    await this.recovery.forgot(value.email);
    const { address: email } = value.email;
    const resend = { action: ACTION, hidden: { email } };
    sendPage(response, checkInboxPage({ email, resend }));
  }
}
