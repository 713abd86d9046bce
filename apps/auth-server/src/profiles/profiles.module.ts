import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { AccountClosure } from './closure.service.js';
import { CallerController, MeController } from './me.controller.js';
import { AddressChange, Profile } from './profile.service.js';
import { SessionsController } from './sessions.controller.js';

/** The routes of people for their own account. */
@Module({
  imports: [AccountsModule, NotificationsModule, SessionsModule, SignInModule],
  providers: [AccountClosure, AddressChange, Profile],
  controllers: [MeController, CallerController, SessionsController],
})
export class ProfilesModule {}
