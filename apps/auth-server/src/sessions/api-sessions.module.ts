import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../accounts/account-directory.module.js';
import { LoginModule } from '../login/login.module.js';
import { AccessTokensModule } from '../tokens/access-tokens.module.js';
import { ApiSessions } from './api-sessions.js';
import { AuthSessionController } from './auth-session.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsModule } from './sessions.module.js';
import { TokenController } from './token.controller.js';

/** Logging in, staying in and logging out through the API. */
@Module({
  imports: [AccountDirectoryModule, LoginModule, SessionsModule, AccessTokensModule],
  providers: [RefreshTokens, ApiSessions],
  controllers: [AuthSessionController, TokenController, SessionsController],
})
export class ApiSessionsModule {}
