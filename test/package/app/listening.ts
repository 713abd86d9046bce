import type { AddressInfo } from 'node:net';
import { type DynamicModule, Get, Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Public } from '@patronus/nestjs';

@Controller('health')
class HealthController {
  @Get()
  @Public()
  health() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [HealthController] })
class ListeningModule {}

/**
 * Starts an application with a public route, and returns a function that calls it and returns the
 * status and the body.
 */
export async function listening(application: Type | DynamicModule) {
  const imports = [application];
  const app = await NestFactory.create(
    { module: ListeningModule, imports },
    { abortOnError: false, logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  return {
    async ask(path: string, token?: string): Promise<{ status: number; body: unknown }> {
      const headers: Record<string, string> =
        token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      return { status: response.status, body: await response.json() };
    },
    close: () => app.close(),
  };
}

/** The `code` of an answer that refuses. */
export function codeOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
}
