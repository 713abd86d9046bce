import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { trace } from '@opentelemetry/api';
import { AllowQueryToken, PatronusModule } from '@patronus/nestjs';
import { PatronusTelemetryModule } from '@patronus/nestjs/opentelemetry';
import { patronusPino } from '@patronus/nestjs/pino';
import { createSecuredDocument } from '@patronus/nestjs/swagger';
import { LoggerModule } from 'nestjs-pino';
import { ADAPTERS } from '../core/adapters.js';
import type { ListeningApp } from '../core/listening-app.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { TelemetryBed } from './opentelemetry-bed.js';
import { PinoLines } from './pino-lines.js';

const lines = new PinoLines();

@Controller('notes')
class NotesController {
  @Get() list() {
    return 'notes';
  }
  @Get('download') @AllowQueryToken() download() {
    return 'file';
  }
}

@Module({
  imports: [
    LoggerModule.forRoot({ pinoHttp: [patronusPino(), lines], forRoutes: ['*splat'] }),
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      credentials: { header: 'X-Access-Token', query: 'ticket' },
    }),
    PatronusTelemetryModule,
  ],
  controllers: [NotesController],
})
class NotesModule {}

/**
 * Writes the URL of a request to its span, as an instrumentation does according to the conventions.
 */
function serverSpan(request: IncomingMessage, response: ServerResponse, next: () => void) {
  const { url = '' } = request;
  const [path = '', query = ''] = url.split('?');
  const attributes = {
    'url.path': path,
    'url.query': query,
    'url.full': `http://localhost${url}`,
    'http.target': url,
  };
  trace.getTracer('server').startActiveSpan('GET', { attributes }, (span) => {
    response.on('close', () => span.end());
    next();
  });
}

describe.each(ADAPTERS)('credentials in places of choice, on %s', (_name, adapter) => {
  const bed = new TelemetryBed();
  let running: ListeningApp;
  beforeAll(async () => {
    bed.start();
    const app = await NestFactory.create(NotesModule, adapter(), { logger: false });
    app.use(serverSpan);
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
  });
  afterAll(async () => {
    await running.app.close();
    await bed.stop();
  });

  it('are written to no log and onto no span', async () => {
    lines.clear();
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(running.url + path, { headers });
      await answer.text();
      return answer.status;
    };
    expect(await get('/notes/download?a=1&ticket=s3cr3t')).toBe(200);
    expect(await get('/notes/download?%74icket=s3cr3t')).toBe(200);
    expect(await get('/notes?access_token=s3cr3t&a=1')).toBe(400);
    expect(await get('/notes/download', { 'x-access-token': 's3cr3t' })).toBe(200);
    for (const url of [
      '/notes/download?a=1&ticket=[Redacted]',
      '/notes/download?%74icket=[Redacted]',
      '/notes?access_token=[Redacted]&a=1',
      '/notes/download',
    ]) {
      await lines.first('request completed', url);
    }
    expect(lines.text).toContain('"x-access-token":"[Redacted]"');
    expect(lines.text).toContain('"host":"127.0.0.1');
    // TokenTableProvider uses the token as the name of the user.
    const text = lines.text.replaceAll('"user":"s3cr3t"', '');
    expect(text).not.toContain('s3cr3t');
    const exported = await bed.exported();
    expect(exported).toContain('/notes/download?a=1&ticket=REDACTED');
    expect(exported).toContain('"url.query":"access_token=REDACTED&a=1"');
    expect(exported).not.toContain('s3cr3t');
  });

  it('are described in the OpenAPI document', () => {
    const { components, paths } = createSecuredDocument(running.app, new DocumentBuilder().build());
    expect(components?.securitySchemes).toMatchObject({
      header: { type: 'apiKey', in: 'header', name: 'X-Access-Token' },
      query: { type: 'apiKey', in: 'query', name: 'ticket' },
    });
    expect(paths['/notes']?.get?.security).toEqual([{ bearer: [] }, { header: [] }]);
    expect(paths['/notes/download']?.get).toMatchObject({
      security: [{ bearer: [] }, { header: [] }, { query: [] }],
      'x-patronus': { access: 'authenticated', queryToken: true },
    });
  });
});
