import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { OAuthPages } from '../oauth/ports.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
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

/** The pages that OAuth asks for. They know nothing of OAuth's module, which needs them to start. */
@Global()
@Module({
  providers: [{ provide: OAuthPages, useValue: oauthPages }],
  exports: [OAuthPages],
})
export class OAuthPagesModule {}

/** Everything that answers HTML. */
@Module({
  imports: [AccountsModule, NotificationsModule, OAuthModule, SignInModule],
  providers: [InteractionPages, Interactions],
  controllers: [
    DevMailController,
    ForgotPasswordPageController,
    InteractionsController,
    RegisterPageController,
    ResetPasswordPageController,
    SetupPageController,
    VerifyEmailPageController,
  ],
})
export class ConsoleModule {}
