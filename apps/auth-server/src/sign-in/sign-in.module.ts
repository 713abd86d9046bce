import { Module } from '@nestjs/common';
import { AccessModule } from '../access/administrators.service.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { EventsModule } from '../events/events.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { LimitsModule } from '../operation/limits/rate-limit.guard.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { FormReceipts } from './form-receipts.service.js';
import { OneTimeTokensModule } from './one-time-tokens.service.js';
import { PasswordController } from './recovery/password.controller.js';
import {
  PasswordChangeService,
  PasswordRecoveryService,
  PasswordReplacementService,
} from './recovery/password.service.js';
import {
  EmailVerificationService,
  RegistrationConfirmationService,
} from './registration/registration-confirmation.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import {
  RegistrationService,
  VerificationResendService,
} from './registration/registration.service.js';
import { FirstAdministratorService } from './setup/first-administrator.service.js';
import { AccessTokensModule } from '../sessions/access-tokens.service.js';
import { OneTimeCodes } from '../credentials/one-time-code/one-time-codes.js';
import { ChallengesService } from './challenge/challenges.service.js';
import { FailureCounters } from './login/failure-counters.js';
import { Lockout } from './login/lockout.js';
import { AuthSessionController, TokenController } from './login/login.controller.js';
import { LoginService } from './login/login.service.js';
import { SignInService } from './sign-in.service.js';
import { PasswordVerifierService } from './login/password-verifier.service.js';

/** Signing in with a name and a password, and the API's login, refresh and logout. */
@Module({
  imports: [
    AccessTokensModule,
    AccountsModule,
    EventsModule,
    LimitsModule,
    NotificationsModule,
    SessionsModule,
  ],
  providers: [
    ChallengesService,
    FailureCounters,
    Lockout,
    LoginService,
    OneTimeCodes,
    PasswordVerifierService,
    SignInService,
  ],
  controllers: [AuthSessionController, TokenController],
  exports: [ChallengesService, Lockout, PasswordVerifierService, SignInService],
})
export class LoginModule {}

/** All ways into an account: registration, login, recovery, and the setup of the first administrator. */
@Module({
  imports: [
    AccessModule,
    AccountsModule,
    EventsModule,
    LimitsModule,
    LoginModule,
    NotificationsModule,
    OneTimeTokensModule,
    SessionsModule,
  ],
  providers: [
    EmailVerificationService,
    FirstAdministratorService,
    FormReceipts,
    PasswordChangeService,
    PasswordRecoveryService,
    PasswordReplacementService,
    RegistrationService,
    RegistrationConfirmationService,
    VerificationResendService,
  ],
  controllers: [RegistrationController, PasswordController],
  exports: [
    PasswordChangeService,
    EmailVerificationService,
    FirstAdministratorService,
    LoginModule,
    OneTimeTokensModule,
    PasswordRecoveryService,
    RegistrationService,
    VerificationResendService,
  ],
})
export class SignInModule {}
