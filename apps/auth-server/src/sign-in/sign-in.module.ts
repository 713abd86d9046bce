import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LoginModule } from './login/login.module.js';
import { OneTimeTokensModule } from './one-time-tokens.service.js';
import { PasswordController } from './recovery/password.controller.js';
import {
  PasswordChange,
  PasswordRecovery,
  PasswordReplacement,
} from './recovery/password.service.js';
import {
  EmailVerification,
  RegistrationConfirmation,
} from './registration/registration-confirmation.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import { Registration, VerificationResend } from './registration/registration.service.js';
import { FirstAdministrator } from './setup/first-administrator.service.js';

/** All ways into an account: registration, login, recovery, and the setup of the first administrator. */
@Module({
  imports: [
    AccessModule,
    AccountsModule,
    LoginModule,
    NotificationsModule,
    OneTimeTokensModule,
    SessionsModule,
  ],
  providers: [
    EmailVerification,
    FirstAdministrator,
    PasswordChange,
    PasswordRecovery,
    PasswordReplacement,
    Registration,
    RegistrationConfirmation,
    VerificationResend,
  ],
  controllers: [RegistrationController, PasswordController],
  exports: [
    EmailVerification,
    FirstAdministrator,
    LoginModule,
    OneTimeTokensModule,
    PasswordRecovery,
    Registration,
    VerificationResend,
  ],
})
export class SignInModule {}
