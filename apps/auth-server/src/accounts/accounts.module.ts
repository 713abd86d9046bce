import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { AccountEnding } from './account-ending.js';
import { AccountsService } from './accounts.service.js';
import { Anonymiser } from './anonymiser.job.js';
import { UnconfirmedAccounts } from './unconfirmed-accounts.js';

/** The record of accounts. */
@Module({
  imports: [EventsModule],
  providers: [AccountEnding, AccountsService, Anonymiser, UnconfirmedAccounts],
  exports: [AccountEnding, AccountsService],
})
export class AccountsModule {}
