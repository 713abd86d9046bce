import { Controller, Get, HttpCode, Param, Post, Module } from '@nestjs/common';
import { CurrentUser, Identity, RequirePermissions } from '@patronus/nestjs';
import { RecordIdPipe } from '../storage/record-id.pipe.js';
import { type Appointment, AppointmentsRepository } from './appointments.repository.js';
import { AppointmentsService } from './appointments.service.js';
import { AuditModule } from '../audit/audit.controller.js';

@Controller('appointments')
class AppointmentsController {
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

@Module({
  imports: [AuditModule],
  controllers: [AppointmentsController],
  providers: [AppointmentsService, AppointmentsRepository],
})
export class AppointmentsModule {}
