import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../accounts/accounts.repository.js';
import { Anonymiser } from '../accounts/anonymiser.job.js';
import {
  ForgotPasswordPageController,
  ResetPasswordPageController,
} from '../console/password.page.controller.js';
import {
  RegisterPageController,
  VerifyEmailPageController,
} from '../console/registration.page.controller.js';
import { SetupPageController } from '../console/setup.page.controller.js';
import { NewPasswords } from '../credentials/password/password-credential.js';
import { MailModule } from '../notifications/mail-sender.js';
import { AccountClosure } from '../profiles/closure.service.js';
import { CallerController, MeController } from '../profiles/me.controller.js';
import { AddressChange, Profile } from '../profiles/profile.service.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LoginModule } from './login/password-verifier.module.js';
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

/** Accounts, from registration to removal. */
@Module({
  imports: [AccountDirectoryModule, LoginModule, MailModule, OneTimeTokensModule, SessionsModule],
  providers: [
    AccountClosure,
    AddressChange,
    Anonymiser,
    EmailVerification,
    FirstAdministrator,
    NewPasswords,
    PasswordChange,
    PasswordRecovery,
    PasswordReplacement,
    Profile,
    Registration,
    RegistrationConfirmation,
    VerificationResend,
  ],
  controllers: [
    RegistrationController,
    PasswordController,
    MeController,
    CallerController,
    RegisterPageController,
    VerifyEmailPageController,
    ForgotPasswordPageController,
    ResetPasswordPageController,
    SetupPageController,
  ],
  exports: [FirstAdministrator],
})
export class AccountsModule {}
