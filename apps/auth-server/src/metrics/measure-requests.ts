import type { RequestHandler } from 'express';
import type { PlatformMetrics } from './platform-metrics.js';
import { routeLabel } from './route-label.js';

/** Measures each request from its first byte to the end of its answer. */
export function measureRequests({ requests }: PlatformMetrics): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    const end = requests.startTimer();
    response.once('close', () => {
      end({ method, route: routeLabel(request, path), status: response.statusCode });
    });
    next();
  };
}
