import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { bodyMember } from '../../limits/body-member.js';
import { RateLimit } from '../../limits/rate-limit.decorator.js';
import { checkInboxPage } from '../../pages/check-inbox.page.js';
import type { PasswordRefusal } from '../../pages/new-password.field.js';
import { registerPage } from '../../pages/register.page.js';
import { sendPage } from '../../pages/send-page.js';
import { ServerSettings } from '../../settings/server-settings.js';
import { REGISTER_BODY } from '../bodies/register.body.js';
import { Registration } from '../registration.js';
import { readContinuePath } from './continue-path.js';
import { MINIMUM_LENGTH } from '../../passwords/minimum-length.js';
import { PageController } from './page-controller.decorator.js';
import { passwordRefusal } from './password-refusal.js';
import { readForm, textFields } from './read-form.js';

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
