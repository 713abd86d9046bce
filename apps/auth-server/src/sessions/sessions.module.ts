import { Module } from '@nestjs/common';
import { RevocationAnnouncer, RevocationReplay, RevocationsModule } from './revocations.js';
import { Sessions } from './sessions.service.js';

/** The logins of all accounts, for every room. */
@Module({
  imports: [RevocationsModule],
  providers: [RevocationAnnouncer, RevocationReplay, Sessions],
  exports: [RevocationAnnouncer, Sessions],
})
export class SessionsModule {}
