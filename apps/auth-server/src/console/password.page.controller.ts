import { Body, Get, Post, Query, Redirect, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MIN_LENGTH } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import {
  PasswordChangeService,
  PasswordRecoveryService,
} from '../sign-in/recovery/password.service.js';
import { EMAIL_BODY, TOKEN_BODY } from '../sign-in/registration/registration.dto.js';
import {
  continuing,
  fieldErrors,
  formIdField,
  formIdOf,
  passwordRefusal,
  readForm,
  signInPathOf,
  textFields,
} from './page-forms.js';
import { PageController } from './page.filter.js';
import { Pages } from './pages.js';
import type { PageContext } from './views/layout.js';
import type { PasswordRefusal } from './views/new-password.js';
import {
  changePasswordPage,
  forgotPasswordPage,
  passwordChangedPage,
  resetPasswordPage,
  checkInboxPage,
} from './views/account.pages.js';

const ACTION = '/forgot-password';

@PageController()
export class ForgotPasswordPageController {
  constructor(
    private readonly recovery: PasswordRecoveryService,
    private readonly settings: ServerSettings,
    private readonly pages: Pages,
  ) {}

  @Get('forgot-password')
  form(@Query() query: unknown, @Res() response: Response): void {
    const form = { action: ACTION, hidden: continuing(signInPathOf(query, this.settings.issuer)) };
    this.pages.send(response, (ui) => forgotPasswordPage(ui, form));
  }

  @Post('forgot-password')
  @RateLimit('forgot')
  async forgot(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const reading = readForm(EMAIL_BODY, body);
    const next = signInPathOf(body, this.settings.issuer);
    const hidden = continuing(next);
    if (reading.value === undefined) {
      const { email } = textFields(body);
      const { invalid } = reading;
      const page = (ui: PageContext) =>
        forgotPasswordPage(ui, { action: ACTION, hidden, email, errors: fieldErrors(ui, invalid) });
      return this.pages.send(response, page, { status: 422 });
    }
    await this.recovery.forgot(reading.value.email, next);
    const { address: email } = reading.value.email;
    const resend = { action: ACTION, hidden: { ...hidden, email } };
    this.pages.send(response, (ui) => checkInboxPage(ui, { email, resend }));
  }
}

@PageController()
export class ResetPasswordPageController {
  constructor(
    private readonly recovery: PasswordRecoveryService,
    private readonly settings: ServerSettings,
    private readonly pages: Pages,
  ) {}

  @Get('reset-password')
  @RateLimit('verify')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.recovery.peek(value.token);
    this.pages.send(response, resetPage(value.token, signInPathOf(query, this.settings.issuer)));
  }

  @Post('reset-password')
  @RateLimit('reset')
  async reset(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { password = '', ...fields } = textFields(body);
    const { value } = readForm(TOKEN_BODY, fields);
    if (value === undefined) throw new PlatformError('link_invalid');
    const next = signInPathOf(body, this.settings.issuer);
    try {
      await this.recovery.reset(value.token, password, formIdOf(body));
    } catch (error) {
      const page = resetPage(value.token, next, passwordRefusal(error));
      return this.pages.send(response, page, { status: 422 });
    }
    this.pages.send(response, (ui) => passwordChangedPage(ui, { signInUrl: next }));
  }
}

/** Password managers look for the page at the well-known address (W3C, A Well-Known URL for Changing Passwords). */
@PageController()
export class ChangePasswordPageController {
  constructor(
    private readonly changing: PasswordChangeService,
    private readonly pages: Pages,
  ) {}

  @Get('.well-known/change-password')
  @Redirect('/change-password', 302)
  find(): void {
    // The decorator answers.
  }

  @Get('change-password')
  form(@Res() response: Response): void {
    this.pages.send(response, changePage());
  }

  @Post('change-password')
  @RateLimit('login')
  async change(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { identifier = '', currentPassword = '', password = '' } = textFields(body);
    try {
      const passwords = { currentPassword, newPassword: password };
      await this.changing.changeByName(identifier, passwords);
    } catch (error) {
      const isWrong = error instanceof PlatformError && error.code === 'invalid_credentials';
      if (isWrong)
        return this.pages.send(response, changePage({ identifier, isWrong }), { status: 401 });
      const page = changePage({ identifier, refusal: passwordRefusal(error) });
      return this.pages.send(response, page, { status: 422 });
    }
    this.pages.send(response, (ui) => passwordChangedPage(ui, {}));
  }
}

interface ChangeAttempt {
  readonly identifier?: string;
  readonly isWrong?: boolean;
  readonly refusal?: PasswordRefusal;
}

function changePage({ identifier, isWrong = false, refusal }: ChangeAttempt = {}) {
  return (ui: PageContext) =>
    changePasswordPage(ui, {
      action: '/change-password',
      identifier,
      minimumLength: MIN_LENGTH,
      error: isWrong ? ui.copy.problems.invalid_credentials.message : undefined,
      refusal,
    });
}

function resetPage(token: string, next: string | undefined, refusal?: PasswordRefusal) {
  const form = {
    action: '/reset-password',
    hidden: { ...formIdField(), token, ...continuing(next) },
  };
  return (ui: PageContext) =>
    resetPasswordPage(ui, { ...form, minimumLength: MIN_LENGTH, refusal });
}
