import { Controller, Get, Module } from '@nestjs/common';
import {
  CurrentUser,
  Identity,
  PatronusModule,
  RequirePermissions,
  RequirePlatformPermissions,
  RequireScopes,
  TenantContext,
  TenantOptional,
} from '@patronus/nestjs';
import { gcip } from '@patronus/nestjs/jwt';

@Controller('patients')
class PatientsController {
  constructor(private readonly tenant: TenantContext) {}

  @Get()
  @RequirePermissions('patients.read')
  list(@CurrentUser() user: Identity) {
    return { tenant: this.tenant.id, reader: user.id };
  }

  @Get('export')
  @RequirePermissions('patients.export')
  @RequireScopes('bulk')
  export() {
    return { tenant: this.tenant.id };
  }
}

@Controller('audit')
class AuditController {
  @Get()
  @TenantOptional()
  @RequirePlatformPermissions('audit.read')
  read() {
    return { entries: 0 };
  }
}

/** First application of the README, with two more routes. */
@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: gcip({ projectId: 'novah-care' }),
      tenancy: { claim: 'empresa_id', header: 'x-empresa-id' },
      permissions: {
        roles: {
          receptionist: ['patients.read'],
          doctor: { inherits: ['receptionist'], permissions: ['patients.*'] },
        },
      },
    }),
  ],
  controllers: [PatientsController, AuditController],
})
export class ClinicModule {}
