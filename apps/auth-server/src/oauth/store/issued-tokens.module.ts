import { Module } from '@nestjs/common';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { IssuedTokens } from './issued-tokens.js';

/** Provides {@link IssuedTokens} to the rooms that revoke tokens: grants and clients. */
@Module({ imports: [SessionsModule], providers: [IssuedTokens], exports: [IssuedTokens] })
export class IssuedTokensModule {}
