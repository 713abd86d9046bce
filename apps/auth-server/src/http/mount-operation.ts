import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger, PinoLogger } from 'nestjs-pino';
import { requestLog } from '../logging/request-log.js';
import { nameRequests } from '../logging/request-ids.js';
import { measureRequests } from '../metrics/measure-requests.js';
import { PlatformMetrics } from '../metrics/platform-metrics.js';
import type { ServerSettings } from '../settings/server-settings.js';
import { allowOrigins } from './cross-origin.js';
import { securityHeaders } from './security-headers.js';

/** What happens to every request, whoever answers it: mounted before all else. */
export function mountOperation(app: NestExpressApplication, settings: ServerSettings): void {
  app.useLogger(app.get(Logger, { strict: false }));
  app.use(nameRequests);
  app.use(requestLog(PinoLogger.root));
  app.use(measureRequests(app.get(PlatformMetrics, { strict: false })));
  app.use(securityHeaders(settings));
  allowOrigins(app, settings);
}
