import { Module } from '@nestjs/common';
import { AccountLinks } from './account-links.js';
import { Accounts } from './accounts.js';

/** Reading accounts, for every room. */
@Module({ providers: [Accounts, AccountLinks], exports: [Accounts, AccountLinks] })
export class AccountDirectoryModule {}
