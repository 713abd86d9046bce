import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { RequirePermissions } from '@patronus/nestjs';
import { RecordIdPipe } from '../storage/record-id.pipe.js';
import { NewPatientPipe } from './new-patient.pipe.js';
import type { NewPatient, Patient } from './patient.js';
import { PatientsService } from './patients.service.js';

@Controller('patients')
export class PatientsController {
  constructor(private readonly patients: PatientsService) {}

  @Get()
  @RequirePermissions('patients.read')
  list(): Promise<Patient[]> {
    return this.patients.list();
  }

  @Get(':id')
  @RequirePermissions('patients.read')
  get(@Param('id', RecordIdPipe) id: string): Promise<Patient> {
    return this.patients.get(id);
  }

  @Post()
  @RequirePermissions('patients.write')
  add(@Body(NewPatientPipe) patient: NewPatient): Promise<Patient> {
    return this.patients.add(patient);
  }
}
