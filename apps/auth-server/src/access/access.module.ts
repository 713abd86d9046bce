import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { Administrators } from './administrators.service.js';

/** Roles and permissions. */
@Module({ imports: [AccountsModule], providers: [Administrators], exports: [Administrators] })
export class AccessModule {}
