import { Module } from '@nestjs/common';
import { AccessModule } from '../access/administrators.service.js';
import { AccountsModule } from '../accounts/accounts.module.js';
import { EventsModule } from '../events/events.module.js';
import { NotificationsModule } from '../notifications/mail-sender.js';
import { LimitsModule } from '../operation/limits/rate-limit.guard.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInModule } from '../sign-in/sign-in.module.js';
import { ClosureService } from './closure.service.js';
import { DevicesController } from './devices.controller.js';
import { CallerController, MeController } from './me.controller.js';
import { AddressChangeService, ProfileService } from './profile.service.js';
import { PlatformRolesController, PlatformRolesService } from './platform-roles.controller.js';
import { SessionsController } from './sessions.controller.js';

/** The routes of people for their own account, and of administrators for the accounts of others. */
@Module({
  imports: [
    AccessModule,
    AccountsModule,
    EventsModule,
    LimitsModule,
    NotificationsModule,
    SessionsModule,
    SignInModule,
  ],
  providers: [ClosureService, AddressChangeService, PlatformRolesService, ProfileService],
  controllers: [
    MeController,
    CallerController,
    DevicesController,
    PlatformRolesController,
    SessionsController,
  ],
})
export class ProfilesModule {}
