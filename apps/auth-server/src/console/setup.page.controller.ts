import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MINIMUM_LENGTH } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import {
  SETUP_BODY,
  type SetupBody,
  TOKEN_BODY,
} from '../sign-in/registration/registration.dto.js';
import { FirstAdministrator } from '../sign-in/setup/first-administrator.service.js';
import { PageController } from './page.filter.js';
import { readForm, sendPage, textFields } from './pages.js';
import { passwordRefusal } from './registration.page.controller.js';
import {
  administratorMadePage,
  type FirstAdministratorModel,
  firstAdministratorPage,
} from './views/setup.pages.js';

type Refused = Pick<FirstAdministratorModel, 'errors' | 'refusal'>;

@PageController()
export class SetupPageController {
  constructor(private readonly firstAdministrator: FirstAdministrator) {}

  @Get('setup')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.firstAdministrator.check(value.token);
    sendPage(response, page({ token: value.token }));
  }

  @Post('setup')
  @RateLimit('reset')
  async create(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value, ...refused } = readForm(SETUP_BODY, body);
    const answer = value === undefined ? refusedForm(refused) : await this.attempt(value);
    if (typeof answer === 'string') {
      return sendPage(response, administratorMadePage({ email: answer }));
    }
    sendPage(response, page(textFields(body), answer), { status: 422 });
  }

  /** The address of the administrator, or what is wrong with the form. */
  private async attempt({ token, ...administrator }: SetupBody): Promise<string | Refused> {
    try {
      await this.firstAdministrator.create(token, administrator);
      return administrator.email.address;
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'conflict') {
        return { errors: { email: 'There is an account with this address: use another one.' } };
      }
      return { refusal: passwordRefusal(error) };
    }
  }
}

function refusedForm({ errors = {} }: { errors?: Readonly<Record<string, string>> }): Refused {
  const { password, ...others } = errors;
  return {
    errors: others,
    refusal: password === undefined ? undefined : { reasons: [password], suggestions: [] },
  };
}

function page(fields: Readonly<Record<string, string>>, refused: Refused = {}) {
  const { token = '', email, name } = fields;
  return firstAdministratorPage({
    action: '/setup',
    hidden: { token },
    minimumLength: MINIMUM_LENGTH,
    email,
    name,
    ...refused,
  });
}
