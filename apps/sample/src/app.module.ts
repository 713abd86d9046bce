import { type DynamicModule, Module } from '@nestjs/common';
import { PatronusModule } from '@patronus/nestjs';
import { accessByTable, accessByToken } from './access/clinic-access.js';
import { AccountController } from './account/account.controller.js';
import { AppointmentsModule } from './appointments/appointments.module.js';
import { AuditModule } from './audit/audit.module.js';
import { DemoIssuer } from './demo/demo-issuer.js';
import { DemoModule } from './demo/demo.module.js';
import { HealthController } from './health/health.controller.js';
import { PatientsModule } from './patients/patients.module.js';
import { SecurityLog } from './security-log/security-log.js';
import type { Entrance } from './settings/entrance.js';
import type { SignInSettings } from './settings/sign-in-settings.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { StaffModule } from './staff/staff.module.js';
import type { ClinicStorage } from './storage/clinic-storage.js';
import { StorageModule } from './storage/storage.module.js';

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
