import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { PlatformError } from '../../errors/platform.error.js';
import { RateLimit } from '../../limits/rate-limit.decorator.js';
import type { PasswordRefusal } from '../../pages/new-password.field.js';
import { passwordChangedPage } from '../../pages/password-changed.page.js';
import { resetPasswordPage } from '../../pages/reset-password.page.js';
import { sendPage } from '../../pages/send-page.js';
import { TOKEN_BODY } from '../bodies/token.body.js';
import { PasswordRecovery } from '../password-recovery.js';
import { MINIMUM_LENGTH } from '../../passwords/minimum-length.js';
import { PageController } from './page-controller.decorator.js';
import { passwordRefusal } from './password-refusal.js';
import { readForm, textFields } from './read-form.js';

@PageController()
export class ResetPasswordPageController {
  constructor(private readonly recovery: PasswordRecovery) {}

  @Get('reset-password')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.recovery.peek(value.token);
    sendPage(response, page(value.token));
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
      return sendPage(response, page(value.token, passwordRefusal(error)), { status: 422 });
    }
    sendPage(response, passwordChangedPage({}));
  }
}

function page(token: string, refusal?: PasswordRefusal) {
  return resetPasswordPage({
    action: '/reset-password',
    hidden: { token },
    minimumLength: MINIMUM_LENGTH,
    refusal,
  });
}
