import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../../accounts/accounts.repository.js';
import { SessionsController } from '../../profiles/sessions.controller.js';
import { AccessTokensModule } from '../../sessions/access-tokens.module.js';
import { RefreshTokens } from '../../sessions/refresh-tokens.service.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { AuthSessionController, TokenController } from './login.controller.js';
import { ApiSessions } from './login.service.js';
import { LoginModule } from './password-verifier.module.js';

/** Logging in, staying in and logging out through the API. */
@Module({
  imports: [AccountDirectoryModule, LoginModule, SessionsModule, AccessTokensModule],
  providers: [RefreshTokens, ApiSessions],
  controllers: [AuthSessionController, TokenController, SessionsController],
})
export class ApiSessionsModule {}
