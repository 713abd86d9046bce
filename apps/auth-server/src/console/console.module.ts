import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { ClientsModule } from '../oauth/clients/clients.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { OAuthPages } from '../oauth/ports.js';
import { ProblemPages } from '../operation/http/error.filter.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { BrowserProblemPages } from './page.filter.js';
import { HomePageController } from './home.page.controller.js';
import { DevMailController } from './dev-mail.controller.js';
import { InteractionsController } from './oauth/interactions.controller.js';
import { InteractionPages, InteractionsService } from './oauth/interactions.service.js';
import { ProviderPages } from './oauth/provider-pages.js';
import { Pages } from './pages.js';
import {
  ChangePasswordPageController,
  ForgotPasswordPageController,
  ResetPasswordPageController,
} from './password.page.controller.js';
import {
  RegisterPageController,
  VerifyEmailPageController,
} from './registration.page.controller.js';
import { SetupPageController } from './setup.page.controller.js';

/** Pages that other rooms request through their ports. They depend on no other room. */
@Global()
@Module({
  providers: [
    Pages,
    BrowserProblemPages,
    { provide: ProblemPages, useExisting: BrowserProblemPages },
    { provide: OAuthPages, useClass: ProviderPages },
  ],
  exports: [Pages, BrowserProblemPages, ProblemPages, OAuthPages],
})
export class ConsolePagesModule {}

/** Everything that answers HTML. */
@Module({
  imports: [AccountsModule, ClientsModule, NotificationsModule, OAuthModule, SignInModule],
  providers: [InteractionPages, InteractionsService],
  controllers: [
    ChangePasswordPageController,
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
