import { type DynamicModule, Module, Controller, Get } from '@nestjs/common';
import { PatronusModule, Public } from '@patronus/nestjs';
import { accessByTable, accessByToken } from './access/clinic-access.js';
import { AccountController } from './account/account.controller.js';
import { AppointmentsModule } from './appointments/appointments.controller.js';
import { AuditModule } from './audit/audit.controller.js';
import { DemoIssuer } from './demo/demo-issuer.js';
import { DemoModule } from './demo/demo-tokens.controller.js';
import { PatientsModule } from './patients/patients.controller.js';
import { SecurityLog } from './security-log/security-log.js';
import type { Entrance } from './settings/clinic-settings.js';
import type { SignInSettings } from './settings/sign-in-settings.js';
import { SignInModule } from './sign-in/sign-in.controller.js';
import { StaffModule } from './staff/staff.controller.js';
import { type ClinicStorage, StorageModule } from './storage/clinic-storage.js';

@Controller('health')
class HealthController {
  @Get()
  @Public()
  check(): { status: 'ok' } {
    return { status: 'ok' };
  }
}

@Module({
  imports: [PatientsModule, AppointmentsModule, StaffModule, AuditModule],
  controllers: [HealthController, AccountController],
  providers: [SecurityLog],
})
export class AppModule {
  /** Trusts the issuer that the settings name. */
  static forIssuer(
    { trusted, membersFrom, signIn }: Entrance,
    storage: ClinicStorage,
  ): DynamicModule {
    const access = membersFrom === 'table' ? accessByTable(trusted) : accessByToken(trusted);
    return {
      module: AppModule,
      imports: [
        StorageModule.for(storage),
        PatronusModule.forRoot({ ...access, ...(signIn && { credentials: cookieOf(signIn) }) }),
        ...(signIn ? [SignInModule.for(signIn)] : []),
      ],
    };
  }

  /** Trusts the issuer of the demo, which gives tokens to every caller. Never in production. */
  static forDemo(storage: ClinicStorage): DynamicModule {
    return {
      module: AppModule,
      imports: [
        StorageModule.for(storage),
        DemoModule,
        PatronusModule.forRootAsync({
          imports: [DemoModule],
          inject: [DemoIssuer],
          useFactory: (issuer: DemoIssuer) => accessByToken(issuer),
        }),
      ],
    };
  }
}

function cookieOf({ sessionCookie, publicUrl }: SignInSettings) {
  return { cookie: { name: sessionCookie, trustedOrigins: [publicUrl] } };
}
