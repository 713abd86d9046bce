import { Module } from '@nestjs/common';
import { AccountEnding } from './account-ending.js';
import { AccountsService } from './accounts.service.js';
import { Anonymiser } from './anonymiser.job.js';

/** The record of accounts. */
@Module({
  providers: [AccountEnding, AccountsService, Anonymiser],
  exports: [AccountEnding, AccountsService],
})
export class AccountsModule {}
