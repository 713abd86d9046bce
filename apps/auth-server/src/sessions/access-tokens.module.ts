import { Module } from '@nestjs/common';
import { AccessTokens, ClientStatus, TokenStatus } from './access-tokens.service.js';
import { KeysModule } from './keys/keys.module.js';

@Module({
  imports: [KeysModule],
  providers: [ClientStatus, TokenStatus, AccessTokens],
  exports: [AccessTokens, ClientStatus],
})
export class AccessTokensModule {}
