import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Controller,
  Get,
  Global,
  Headers,
  Module,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@patronus/nestjs';
import type { Response } from 'express';
import { PlatformError } from '../http/errors.js';
import { ServerSettings } from '../settings/server-settings.js';
import { PlatformMetrics } from './metrics.js';

/** For Prometheus: with the token of the settings; in development, without one, for everybody. */
@Controller('metrics')
@ApiExcludeController()
class MetricsController {
  constructor(
    private readonly metrics: PlatformMetrics,
    private readonly settings: ServerSettings,
  ) {}

  @Get()
  @Public()
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { metricsToken, production } = this.settings;
    if (metricsToken === undefined && production) throw new PlatformError('not_found');
    if (metricsToken !== undefined && !isSame(authorization ?? '', `Bearer ${metricsToken}`)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new UnauthorizedException();
    }
    const text = await this.metrics.registry.metrics();
    response.setHeader('Cache-Control', 'no-store');
    response.type(this.metrics.registry.contentType).send(text);
  }
}

/** Takes as long whatever is presented. */
function isSame(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Any room may count: `PlatformMetrics` is there without an import. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [PlatformMetrics],
  exports: [PlatformMetrics],
})
export class MetricsModule {}
