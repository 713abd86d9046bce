import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { OAuthPages } from '../oauth/ports.js';
import { ProblemPages } from '../operation/http/error.filter.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { BrowserProblemPages } from './page.filter.js';
import { HomePageController } from './home.page.controller.js';
import { DevMailController } from './dev-mail.controller.js';
import { InteractionsController } from './oauth/interactions.controller.js';
import { InteractionPages, Interactions } from './oauth/interactions.service.js';
import { oauthPages } from './oauth/provider-pages.js';
import {
  ForgotPasswordPageController,
  ResetPasswordPageController,
} from './password.page.controller.js';
import {
  RegisterPageController,
  VerifyEmailPageController,
} from './registration.page.controller.js';
import { SetupPageController } from './setup.page.controller.js';

/** The pages that other rooms ask for by their ports. They need no other room. */
const PAGES = [
  { provide: OAuthPages, useValue: oauthPages },
  { provide: ProblemPages, useClass: BrowserProblemPages },
];

@Global()
@Module({ providers: PAGES, exports: PAGES })
export class ConsolePagesModule {}

/** Everything that answers HTML. */
@Module({
  imports: [AccountsModule, NotificationsModule, OAuthModule, SignInModule],
  providers: [InteractionPages, Interactions],
  controllers: [
    DevMailController,
    ForgotPasswordPageController,
    HomePageController,
    InteractionsController,
    RegisterPageController,
    ResetPasswordPageController,
    SetupPageController,
    VerifyEmailPageController,
  ],
})
export class ConsoleModule {}
