import type { INestApplication, LogLevel } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Entrance } from './settings/clinic-settings.js';
import type { ClinicStorage } from './storage/clinic-storage.js';

/** What is worth a line: no more than that something is wrong. */
export const LOG_LEVELS: LogLevel[] = ['warn', 'error', 'fatal'];

export interface ClinicOptions {
  /** Where the rows are. It is closed with the clinic. */
  readonly storage: ClinicStorage;
  /** Whom to believe. Without it, the clinic is the demo and brings its own issuer. */
  readonly entrance?: Entrance | undefined;
  /** Express, unless told. */
  readonly adapter?: AbstractHttpAdapter;
  readonly logger?: LogLevel[] | false;
}

/** The clinic, ready to listen: the one way that it is made, by `main.ts` and by the tests. */
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
