import {
  Body,
  Controller,
  Get,
  Param,
  Post,
  BadRequestException,
  Injectable,
  type PipeTransform,
  Module,
} from '@nestjs/common';
import { RequirePermissions } from '@patronus/nestjs';
import { RecordIdPipe } from '../storage/record-id.pipe.js';
import { type NewPatient, type Patient, PatientsRepository } from './patients.repository.js';
import { PatientsService } from './patients.service.js';

const MAX_NAME = 100;

@Injectable()
class NewPatientPipe implements PipeTransform<unknown, NewPatient> {
  transform(body: unknown): NewPatient {
    const name = textOf(body, 'name');
    const born = textOf(body, 'born');
    if (name === '' || name.length > MAX_NAME || name.includes('\0')) {
      throw new BadRequestException(`name must have 1 to ${MAX_NAME} characters, none of them NUL`);
    }
    if (!isDate(born)) throw new BadRequestException('born must be a date such as 1984-02-29');
    return { name, born };
  }
}

function textOf(body: unknown, member: string): string {
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Object.getOwnPropertyDescriptor(body, member)?.value;
  return typeof value === 'string' ? value.trim() : '';
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(text);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text);
}

@Controller('patients')
class PatientsController {
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

@Module({
  controllers: [PatientsController],
  providers: [PatientsService, PatientsRepository],
})
export class PatientsModule {}
