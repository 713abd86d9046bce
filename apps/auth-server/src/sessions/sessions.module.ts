import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { DeviceSecrets } from './devices/device-secrets.js';
import { DevicesService } from './devices/devices.service.js';
import { EndedInForce } from './ended-in-force.js';
import { RefreshTokensService } from './refresh-tokens.service.js';
import {
  RevocationAnnouncer,
  RevocationReplay,
  RevocationsModule,
  RevokedTokens,
} from './revocations.js';
import { SessionEnded } from './session-ended.js';
import { SessionsService } from './sessions.service.js';

/** The sessions of all accounts, and the tokens that end with them. */
@Module({
  imports: [EventsModule, RevocationsModule],
  providers: [
    DeviceSecrets,
    DevicesService,
    EndedInForce,
    RefreshTokensService,
    RevocationAnnouncer,
    RevocationReplay,
    RevokedTokens,
    SessionEnded,
    SessionsService,
  ],
  exports: [
    DevicesService,
    RefreshTokensService,
    RevocationAnnouncer,
    RevokedTokens,
    SessionEnded,
    SessionsService,
  ],
})
export class SessionsModule {}
