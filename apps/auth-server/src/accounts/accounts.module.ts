import { Module } from '@nestjs/common';
import { LoginModule } from '../login/login.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { OneTimeTokensModule } from '../tokens/one-time-tokens.module.js';
import { AccountClosure } from './account-closure.js';
import { AccountDirectoryModule } from './account-directory.module.js';
import { AddressChange } from './address-change.js';
import { Anonymiser } from './anonymiser.js';
import { CallerController } from './caller.controller.js';
import { EmailVerification } from './email-verification.js';
import { FirstAdministrator } from './first-administrator.js';
import { MeController } from './me.controller.js';
import { NewPasswords } from './new-passwords.js';
import { ForgotPasswordPageController } from './pages/forgot-password.page.controller.js';
import { RegisterPageController } from './pages/register.page.controller.js';
import { ResetPasswordPageController } from './pages/reset-password.page.controller.js';
import { SetupPageController } from './pages/setup.page.controller.js';
import { VerifyEmailPageController } from './pages/verify-email.page.controller.js';
import { PasswordChange } from './password-change.js';
import { PasswordRecovery } from './password-recovery.js';
import { PasswordReplacement } from './password-replacement.js';
import { PasswordController } from './password.controller.js';
import { Profile } from './profile.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationConfirmation } from './registration-confirmation.js';
import { Registration } from './registration.js';
import { VerificationResend } from './verification-resend.js';

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
