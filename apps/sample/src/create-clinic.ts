import type { INestApplication, LogLevel } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { TrustedIssuer } from './settings/clinic-settings.js';

/** What is worth a line: no more than that something is wrong. */
export const LOG_LEVELS: LogLevel[] = ['warn', 'error', 'fatal'];

export interface ClinicOptions {
  /** Whom to believe. Without it, the clinic is the demo and brings its own issuer. */
  readonly trusted?: TrustedIssuer | undefined;
  /** Express, unless told. */
  readonly adapter?: AbstractHttpAdapter;
  readonly logger?: LogLevel[] | false;
}

/** The clinic, ready to listen: the one way that it is made, by `main.ts` and by the tests. */
export function createClinic({
  trusted,
  adapter = new ExpressAdapter(),
  logger = LOG_LEVELS,
}: ClinicOptions = {}): Promise<INestApplication> {
  const module = trusted ? AppModule.forIssuer(trusted) : AppModule.forDemo();
  return NestFactory.create(module, adapter, { abortOnError: false, logger });
}
