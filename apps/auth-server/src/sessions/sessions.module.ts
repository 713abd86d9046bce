import { Module } from '@nestjs/common';
import { RefreshTokens } from './refresh-tokens.service.js';
import {
  RevocationAnnouncer,
  RevocationReplay,
  RevocationsModule,
  RevokedTokens,
} from './revocations.js';
import { SessionEnded } from './session-ended.js';
import { Sessions } from './sessions.service.js';

/** The sessions of all accounts, and the tokens that end with them. */
@Module({
  imports: [RevocationsModule],
  providers: [
    RefreshTokens,
    RevocationAnnouncer,
    RevocationReplay,
    RevokedTokens,
    SessionEnded,
    Sessions,
  ],
  exports: [RefreshTokens, RevocationAnnouncer, RevokedTokens, SessionEnded, Sessions],
})
export class SessionsModule {}
