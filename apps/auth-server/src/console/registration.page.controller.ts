import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MIN_LENGTH } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { EmailVerificationService } from '../sign-in/registration/registration-confirmation.service.js';
import { EMAIL_BODY, REGISTER_BODY, TOKEN_BODY } from '../sign-in/registration/registration.dto.js';
import {
  RegistrationService,
  VerificationResendService,
} from '../sign-in/registration/registration.service.js';
import {
  continuing,
  fieldErrors,
  formIdField,
  formIdOf,
  passwordRefusal,
  readContinuePath,
  readForm,
  signInPathOf,
  textFields,
} from './page-forms.js';
import { PageController } from './page.filter.js';
import { Pages } from './pages.js';
import type { PageContext } from './views/layout.js';
import type { PasswordRefusal } from './views/new-password.js';
import {
  checkInboxPage,
  registerPage,
  verifiedPage,
  verifyEmailPage,
} from './views/account.pages.js';

interface Refused {
  readonly invalid?: readonly string[];
  readonly refusal?: PasswordRefusal;
}

@PageController()
export class RegisterPageController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly settings: ServerSettings,
    private readonly pages: Pages,
  ) {}

  @Get('register')
  form(@Query('continue') next: unknown, @Res() response: Response): void {
    const fields = typeof next === 'string' ? { continue: next } : {};
    this.pages.send(response, (ui) => this.page(ui, fields));
  }

  @Post('register')
  @RateLimit('register')
  async register(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value, ...refused } = readForm(REGISTER_BODY, body);
    if (value === undefined) return this.refuse(response, body, refused);
    const next = signInPathOf(body, this.settings.issuer);
    try {
      await this.registration.register({ ...value, formId: formIdOf(body), next });
    } catch (error) {
      return this.refuse(response, body, { refusal: passwordRefusal(error) });
    }
    const email = value.email.address;
    const resend = { action: '/resend-verification', hidden: { email, ...continuing(next) } };
    this.pages.send(response, (ui) => checkInboxPage(ui, { email, resend }));
  }

  private refuse(response: Response, body: unknown, refused: Refused): void {
    const fields = textFields(body);
    this.pages.send(response, (ui) => this.page(ui, fields, refused), { status: 422 });
  }

  private page(
    ui: PageContext,
    fields: Readonly<Record<string, string>>,
    { invalid = [], refusal }: Refused = {},
  ) {
    const { email, name, username } = fields;
    const next = readContinuePath(fields['continue'], this.settings.issuer);
    return registerPage(ui, {
      action: '/register',
      hidden: { ...formIdField(), ...continuing(next) },
      signInUrl: next,
      minimumLength: MIN_LENGTH,
      email,
      name,
      username,
      errors: fieldErrors(ui, invalid),
      refusal: invalid.includes('password') ? 'missing' : refusal,
    });
  }
}

@PageController()
export class VerifyEmailPageController {
  constructor(
    private readonly verification: EmailVerificationService,
    private readonly resending: VerificationResendService,
    private readonly settings: ServerSettings,
    private readonly pages: Pages,
  ) {}

  /** Shows a button only: scanners of mail open every link. */
  @Get('verify-email')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.verification.check(value.token);
    const next = continuing(signInPathOf(query, this.settings.issuer));
    const hidden = { ...formIdField(), token: value.token, ...next };
    const model = { action: '/verify-email', hidden };
    this.pages.send(response, (ui) => verifyEmailPage(ui, model));
  }

  @Post('verify-email')
  @RateLimit('verify')
  async verify(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, body);
    if (value === undefined) throw new PlatformError('link_invalid');
    const next = signInPathOf(body, this.settings.issuer);
    const form = { formId: formIdOf(body), next };
    const { account, needsPassword } = await this.verification.verify(value.token, form);
    const choosesAt = needsPassword ? (account.email ?? undefined) : undefined;
    this.pages.send(response, (ui) => verifiedPage(ui, { choosesAt, signInUrl: next }));
  }

  @Post('resend-verification')
  @RateLimit('resend')
  async resend(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(EMAIL_BODY, body);
    if (value === undefined) throw new PlatformError('invalid_input');
    await this.resending.resend(value.email, signInPathOf(body, this.settings.issuer));
    const { address: email } = value.email;
    this.pages.send(response, (ui) => checkInboxPage(ui, { email }));
  }
}
