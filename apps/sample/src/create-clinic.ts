import type { INestApplication, LogLevel } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Entrance } from './settings/clinic-settings.js';
import type { ClinicStorage } from './storage/clinic-storage.js';

/** The levels that are logged: warnings and errors only. */
export const LOG_LEVELS: LogLevel[] = ['warn', 'error', 'fatal'];

export interface ClinicOptions {
  /** The storage of the clinic. Closed with the clinic. */
  readonly storage: ClinicStorage;
  /** The trusted issuer. Without it, the clinic runs as a demo with an issuer of its own. */
  readonly entrance?: Entrance | undefined;
  /** Express by default. */
  readonly adapter?: AbstractHttpAdapter;
  readonly logger?: LogLevel[] | false;
}

/** Creates the clinic, ready to listen. `main.ts` and the tests share it. */
export async function createClinic({
  storage,
  entrance,
  adapter = new ExpressAdapter(),
  logger = LOG_LEVELS,
}: ClinicOptions): Promise<INestApplication> {
  try {
    const module = entrance ? AppModule.forIssuer(entrance, storage) : AppModule.forDemo(storage);
    return await NestFactory.create(module, adapter, { abortOnError: false, logger });
  } catch (error) {
    await storage.onApplicationShutdown();
    throw error;
  }
}
