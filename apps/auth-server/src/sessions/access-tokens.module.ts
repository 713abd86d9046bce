import { Module } from '@nestjs/common';
import { AccessTokens, LivingTokens } from './access-tokens.service.js';
import { KeysModule } from './keys/keys.module.js';

@Module({
  imports: [KeysModule],
  providers: [LivingTokens, AccessTokens],
  exports: [AccessTokens],
})
export class AccessTokensModule {}
