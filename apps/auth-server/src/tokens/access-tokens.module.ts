import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { LivingTokens } from './access-tokens.living.js';
import { AccessTokens } from './access-tokens.js';

@Module({
  imports: [KeysModule],
  providers: [LivingTokens, AccessTokens],
  exports: [AccessTokens],
})
export class AccessTokensModule {}
