import { Module } from '@nestjs/common';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { IssuedTokens } from './issued-tokens.js';

/** For all that takes back what was given: grants, and clients. */
@Module({ imports: [SessionsModule], providers: [IssuedTokens], exports: [IssuedTokens] })
export class IssuedTokensModule {}
