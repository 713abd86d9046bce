import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CurrentUser, Identity, RequirePermissions } from '@patronus/nestjs';
import { RecordIdPipe } from '../storage/record-id.pipe.js';
import type { Appointment } from './appointment.js';
import { AppointmentsService } from './appointments.service.js';

@Controller('appointments')
export class AppointmentsController {
  constructor(private readonly appointments: AppointmentsService) {}

  @Get()
  @RequirePermissions('appointments.read')
  list(): Promise<Appointment[]> {
    return this.appointments.list();
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequirePermissions('appointments.cancel')
  cancel(
    @Param('id', RecordIdPipe) id: string,
    @CurrentUser() user: Identity,
  ): Promise<Appointment> {
    return this.appointments.cancel(id, user.id);
  }
}
