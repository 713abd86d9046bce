import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../../accounts/accounts.repository.js';
import { MailModule } from '../../notifications/mail-sender.js';
import { LockOut } from './lock-out.js';
import { Authenticator } from './password-verifier.service.js';

/** Name and password. */
@Module({
  imports: [AccountDirectoryModule, MailModule],
  providers: [LockOut, Authenticator],
  exports: [LockOut, Authenticator],
})
export class LoginModule {}
