import { Controller, Get, Param, Post } from '@nestjs/common';

@Controller()
export class OpenController {
  @Get('health')
  health() {
    return { status: 'ok' };
  }

  @Post('webhooks/payments')
  payment() {
    return { received: true };
  }

  @Get('files/:name')
  file(@Param('name') name: string) {
    return { name };
  }
}
