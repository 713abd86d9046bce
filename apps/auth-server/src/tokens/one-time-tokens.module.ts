import { Module } from '@nestjs/common';
import { OneTimeTokens } from './one-time-tokens.js';

/** Links that work once. */
@Module({ providers: [OneTimeTokens], exports: [OneTimeTokens] })
export class OneTimeTokensModule {}
