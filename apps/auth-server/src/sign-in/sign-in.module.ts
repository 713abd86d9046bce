import { Module } from '@nestjs/common';
import { AccessModule } from '../access/administrators.service.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { SessionsModule } from '../sessions/sessions.module.js';
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
import { AccessTokensModule } from '../sessions/access-tokens.service.js';
import { LockOut } from './login/lock-out.js';
import { AuthSessionController, TokenController } from './login/login.controller.js';
import { ApiSessions } from './login/login.service.js';
import { SignIn } from './sign-in.service.js';
import { PasswordVerifier } from './login/password-verifier.service.js';

/** Signing in with a name and a password, and the API's login, refresh and logout. */
@Module({
  imports: [AccountsModule, NotificationsModule, SessionsModule, AccessTokensModule],
  providers: [LockOut, PasswordVerifier, SignIn, ApiSessions],
  controllers: [AuthSessionController, TokenController],
  exports: [LockOut, PasswordVerifier, SignIn],
})
export class LoginModule {}

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
