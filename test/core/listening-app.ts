import type { INestApplication, Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';

/** Application that listens on its own port. */
export interface ListeningApp {
  readonly app: INestApplication;
  readonly url: string;
}

export async function listen(
  module: Type<unknown>,
  adapter: AbstractHttpAdapter,
): Promise<ListeningApp> {
  const app = await NestFactory.create(module, adapter, { abortOnError: false, logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
