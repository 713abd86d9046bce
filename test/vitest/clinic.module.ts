import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { PatronusModule, RequirePermissions, TenantContext } from '@patronus/nestjs';
import { gcip } from '@patronus/nestjs/jwt';

interface Patient {
  readonly id: string;
  readonly name: string;
}

@Injectable()
class PatientsService {
  private readonly byTenant: Readonly<Record<string, Map<string, Patient>>> = {
    norte: new Map([['p-1', { id: 'p-1', name: 'Ana Ruiz' }]]),
    sur: new Map([['p-9', { id: 'p-9', name: 'Elsa Prieto' }]]),
  };

  constructor(private readonly tenant: TenantContext) {}

  get own(): Map<string, Patient> {
    return this.byTenant[this.tenant.id] ?? new Map();
  }

  find(id: string): Patient {
    const patient = this.own.get(id);
    if (patient === undefined) throw new NotFoundException();
    return patient;
  }
}

@Controller('patients')
class PatientsController {
  constructor(private readonly patients: PatientsService) {}

  @Get()
  @RequirePermissions('patients.read')
  list() {
    return [...this.patients.own.values()];
  }

  @Get(':id')
  @RequirePermissions('patients.read')
  find(@Param('id') id: string) {
    return this.patients.find(id);
  }

  @Post()
  @RequirePermissions('patients.write')
  add(@Body() { name }: Patient) {
    const patient = { id: randomUUID(), name };
    this.patients.own.set(patient.id, patient);
    return patient;
  }

  @Delete(':id')
  @RequirePermissions('patients.write')
  remove(@Param('id') id: string) {
    this.patients.own.delete(this.patients.find(id).id);
  }
}

/** Application as it is deployed, without knowledge of tests. */
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
  controllers: [PatientsController],
  providers: [PatientsService],
})
export class ClinicModule {}
