import { Controller, Get } from '@nestjs/common';
import { Public } from '@patronus/nestjs';

@Controller('health')
export class HealthController {
  @Get()
  @Public()
  check(): { status: 'ok' } {
    return { status: 'ok' };
  }
}
