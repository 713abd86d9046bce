import { Module } from '@nestjs/common';
import { Accounts } from './accounts.service.js';
import { Anonymiser } from './anonymiser.job.js';

/** The record of accounts. */
@Module({ providers: [Accounts, Anonymiser], exports: [Accounts] })
export class AccountsModule {}
