import { Injectable, NotFoundException } from '@nestjs/common';
import { TenantContext } from '@patronus/nestjs';
import { type NewPatient, type Patient, PatientsRepository } from './patients.repository.js';

@Injectable()
export class PatientsService {
  constructor(
    private readonly tenant: TenantContext,
    private readonly patients: PatientsRepository,
  ) {}

  list(): Promise<Patient[]> {
    return this.patients.list();
  }

  async get(id: string): Promise<Patient> {
    const patient = await this.patients.find(id);
    if (!patient) throw new NotFoundException('There is no such patient.');
    return patient;
  }

  add(patient: NewPatient): Promise<Patient> {
    return this.patients.add(this.tenant.id, patient);
  }
}
