import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MINIMUM_LENGTH } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { bodyMember, RateLimit } from '../operation/limits/rate-limit.guard.js';
import { PasswordRecovery } from '../sign-in/recovery/password.service.js';
import { EMAIL_BODY, TOKEN_BODY } from '../sign-in/registration/registration.dto.js';
import { PageController } from './page.filter.js';
import { readForm, sendPage, textFields } from './pages.js';
import { passwordRefusal } from './registration.page.controller.js';
import type { PasswordRefusal } from './views/form.js';
import {
  forgotPasswordPage,
  passwordChangedPage,
  resetPasswordPage,
} from './views/password.pages.js';
import { checkInboxPage } from './views/sign-up.pages.js';

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

@PageController()
export class ResetPasswordPageController {
  constructor(private readonly recovery: PasswordRecovery) {}

  @Get('reset-password')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.recovery.peek(value.token);
    sendPage(response, resetPage(value.token));
  }

  @Post('reset-password')
  @RateLimit('reset')
  async reset(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { password = '', ...fields } = textFields(body);
    const { value } = readForm(TOKEN_BODY, fields);
    if (value === undefined) throw new PlatformError('link_invalid');
    try {
      await this.recovery.reset(value.token, password);
    } catch (error) {
      return sendPage(response, resetPage(value.token, passwordRefusal(error)), { status: 422 });
    }
    sendPage(response, passwordChangedPage({}));
  }
}

function resetPage(token: string, refusal?: PasswordRefusal) {
  return resetPasswordPage({
    action: '/reset-password',
    hidden: { token },
    minimumLength: MINIMUM_LENGTH,
    refusal,
  });
}
