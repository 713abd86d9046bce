import { Module } from '@nestjs/common';
import { AccountEnding } from './account-ending.js';
import { Accounts } from './accounts.service.js';
import { Anonymiser } from './anonymiser.job.js';

/** The record of accounts. */
@Module({ providers: [AccountEnding, Accounts, Anonymiser], exports: [AccountEnding, Accounts] })
export class AccountsModule {}
