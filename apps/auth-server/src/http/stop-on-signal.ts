import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Readiness } from '../health/readiness.js';

/** In milliseconds: for requests that are being answered, and then for jobs and the database. */
const BOUND = 10_000;
/** In milliseconds: how often connections are looked at that have nothing more to say. */
const LOOK = 50;

/**
 * Ends the process in order on SIGTERM and SIGINT: not ready, no new connections, requests that are being
 * answered end, jobs stop, the database closes. A second signal ends it at once.
 */
export function stopOnSignal(app: INestApplication<Server>): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), 2 * BOUND).unref();
    try {
      app.get(Readiness, { strict: false }).leave();
      await drain(app.getHttpServer());
      await app.close();
      process.exit(0);
    } catch (error) {
      console.error('The platform did not end in order:', error);
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

/** What is still answered when the bound is reached is cut off. */
async function drain(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), LOOK);
  const bound = setTimeout(() => server.closeAllConnections(), BOUND);
  await ended;
  clearInterval(idle);
  clearTimeout(bound);
}
