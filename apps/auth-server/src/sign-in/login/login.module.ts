import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { NotificationsModule } from '../../notifications/mail-sender.js';
import { AccessTokensModule } from '../../sessions/access-tokens.service.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { LockOut } from './lock-out.js';
import { AuthSessionController, TokenController } from './login.controller.js';
import { ApiSessions } from './login.service.js';
import { SignIn } from '../sign-in.service.js';
import { PasswordVerifier } from './password-verifier.service.js';

/** Signing in with a name and a password, and the API's login, refresh and logout. */
@Module({
  imports: [AccountsModule, NotificationsModule, SessionsModule, AccessTokensModule],
  providers: [LockOut, PasswordVerifier, SignIn, ApiSessions],
  controllers: [AuthSessionController, TokenController],
  exports: [LockOut, PasswordVerifier, SignIn],
})
export class LoginModule {}
