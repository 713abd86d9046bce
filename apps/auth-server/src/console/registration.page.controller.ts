import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MINIMUM_LENGTH, PasswordRejectedError } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { bodyMember, RateLimit } from '../operation/limits/rate-limit.guard.js';
import { ServerSettings } from '../operation/settings/server-settings.js';
import { EmailVerification } from '../sign-in/registration/registration-confirmation.service.js';
import { EMAIL_BODY, REGISTER_BODY, TOKEN_BODY } from '../sign-in/registration/registration.dto.js';
import { Registration, VerificationResend } from '../sign-in/registration/registration.service.js';
import { PageController } from './page.filter.js';
import { readContinuePath, readForm, sendPage, textFields } from './pages.js';
import type { PasswordRefusal } from './views/form.js';
import {
  checkInboxPage,
  registerPage,
  verifiedPage,
  verifyEmailPage,
} from './views/sign-up.pages.js';

/** What a form says of a password that was refused. @throws any other error again */
export function passwordRefusal(error: unknown): PasswordRefusal {
  if (!(error instanceof PasswordRejectedError)) throw error;
  const { reasons, suggestions, score } = error.verdict;
  return { reasons: reasons.map(({ message }) => message), suggestions, score };
}

interface Refused {
  readonly errors?: Readonly<Record<string, string>>;
  readonly refusal?: PasswordRefusal;
}

@PageController()
export class RegisterPageController {
  constructor(
    private readonly registration: Registration,
    private readonly settings: ServerSettings,
  ) {}

  @Get('register')
  form(@Query('continue') next: unknown, @Res() response: Response): void {
    sendPage(response, this.page(typeof next === 'string' ? { continue: next } : {}));
  }

  @Post('register')
  @RateLimit('register', { account: bodyMember('email') })
  async register(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value, ...refused } = readForm(REGISTER_BODY, body);
    if (value === undefined) return this.refuse(response, body, refused);
    try {
      await this.registration.register(value);
    } catch (error) {
      return this.refuse(response, body, { refusal: passwordRefusal(error) });
    }
    const email = value.email.address;
    const resend = { action: '/resend-verification', hidden: { email } };
    sendPage(response, checkInboxPage({ email, resend }));
  }

  private refuse(response: Response, body: unknown, refused: Refused): void {
    sendPage(response, this.page(textFields(body), refused), { status: 422 });
  }

  private page(fields: Readonly<Record<string, string>>, { errors, refusal }: Refused = {}) {
    const { email, name, username } = fields;
    const next = readContinuePath(fields['continue'], this.settings.issuer);
    return registerPage({
      action: '/register',
      hidden: next === undefined ? {} : { continue: next },
      signInUrl: next,
      minimumLength: MINIMUM_LENGTH,
      email,
      name,
      username,
      errors,
      refusal: refusal ?? missingPassword(errors),
    });
  }
}

function missingPassword(errors?: Readonly<Record<string, string>>): PasswordRefusal | undefined {
  return errors?.['password'] === undefined
    ? undefined
    : { reasons: ['Give a password.'], suggestions: [] };
}

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
