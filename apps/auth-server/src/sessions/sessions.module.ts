import { Module } from '@nestjs/common';
import { RevocationAnnouncer } from './revocation-announcer.js';
import { RevocationReplay } from './revocation-replay.js';
import { RevocationsModule } from './revocations.module.js';
import { Sessions } from './sessions.js';

/** The logins of all accounts, for every room. */
@Module({
  imports: [RevocationsModule],
  providers: [RevocationAnnouncer, RevocationReplay, Sessions],
  exports: [RevocationAnnouncer, Sessions],
})
export class SessionsModule {}
