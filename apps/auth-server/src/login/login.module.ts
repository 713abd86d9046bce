import { Module } from '@nestjs/common';
import { AccountDirectoryModule } from '../accounts/account-directory.module.js';
import { MailModule } from '../mail/mail.module.js';
import { Authenticator } from './authenticator.js';
import { LockOut } from './lock-out.js';

/** Name and password. */
@Module({
  imports: [AccountDirectoryModule, MailModule],
  providers: [LockOut, Authenticator],
  exports: [LockOut, Authenticator],
})
export class LoginModule {}
