import { Body, Get, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MIN_LENGTH } from '../credentials/password/password-verdict.js';
import { PlatformError } from '../operation/http/errors.js';
import { RateLimit } from '../operation/limits/rate-limit.guard.js';
import {
  SETUP_BODY,
  type SetupBody,
  TOKEN_BODY,
} from '../sign-in/registration/registration.dto.js';
import { FirstAdministratorService } from '../sign-in/setup/first-administrator.service.js';
import {
  fieldErrors,
  formIdField,
  formIdOf,
  passwordRefusal,
  readForm,
  textFields,
} from './page-forms.js';
import { PageController } from './page.filter.js';
import { Pages } from './pages.js';
import type { PageContext } from './views/layout.js';
import type { PasswordRefusal } from './views/new-password.js';
import { administratorMadePage, firstAdministratorPage } from './views/account.pages.js';

/** The parts of the form that were not accepted. */
interface Refused {
  readonly invalid?: readonly string[];
  readonly emailInUse?: boolean;
  readonly refusal?: PasswordRefusal;
}

@PageController()
export class SetupPageController {
  constructor(
    private readonly firstAdministrator: FirstAdministratorService,
    private readonly pages: Pages,
  ) {}

  @Get('setup')
  @RateLimit('verify')
  async form(@Query() query: unknown, @Res() response: Response): Promise<void> {
    const { value } = readForm(TOKEN_BODY, query);
    if (value === undefined) throw new PlatformError('link_invalid');
    await this.firstAdministrator.check(value.token);
    this.pages.send(response, page({ token: value.token }));
  }

  @Post('setup')
  @RateLimit('reset')
  async create(@Body() body: unknown, @Res() response: Response): Promise<void> {
    const { value, ...invalid } = readForm(SETUP_BODY, body);
    const refused = value === undefined ? invalid : await this.attempt(value, formIdOf(body));
    if (value !== undefined && refused === undefined) {
      const { address: email } = value.email;
      return this.pages.send(response, (ui) => administratorMadePage(ui, { email }));
    }
    this.pages.send(response, page(textFields(body), refused), { status: 422 });
  }

  /** Creates the administrator, or returns what was not accepted. */
  private async attempt(
    { token, ...administrator }: SetupBody,
    formId: string | undefined,
  ): Promise<Refused | undefined> {
    try {
      await this.firstAdministrator.create(token, { ...administrator, formId });
      return undefined;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      if (error.code === 'conflict') return { emailInUse: true };
      if (error.code === 'invalid_credentials') return { refusal: 'wrong' };
      return { refusal: passwordRefusal(error) };
    }
  }
}

function page(fields: Readonly<Record<string, string>>, refused: Refused = {}) {
  const { token = '', email, name } = fields;
  const { invalid = [], emailInUse = false, refusal } = refused;
  return (ui: PageContext) =>
    firstAdministratorPage(ui, {
      action: '/setup',
      hidden: { ...formIdField(), token },
      minimumLength: MIN_LENGTH,
      email,
      name,
      errors: {
        ...fieldErrors(ui, invalid),
        ...(emailInUse && { email: ui.copy.invalid.emailInUse }),
      },
      refusal: invalid.includes('password') ? 'missing' : refusal,
    });
}
