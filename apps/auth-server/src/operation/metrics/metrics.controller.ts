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

/** Metrics for Prometheus. They need the token of the settings, or are open in development without one. */
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

/** Compares two texts in constant time. */
function isSame(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Provides `PlatformMetrics` to every room without an import. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [PlatformMetrics],
  exports: [PlatformMetrics],
})
export class MetricsModule {}
