import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, type DynamicModule, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { diag, DiagLogLevel, metrics } from '@opentelemetry/api';
import { PatronusConfigurationError, PatronusModule, RequirePermissions } from '@patronus/nestjs';
import { PatronusTelemetryModule } from '@patronus/nestjs/opentelemetry';
import { oidc } from '@patronus/nestjs/jwt';
import { TestIssuer } from '@patronus/nestjs/testing';
import { ask } from '../core/ask.js';
import { listen, type ListeningApp } from '../core/listening-app.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { until } from '../environment/until.js';
import { serverSpan, TelemetryBed } from './opentelemetry-bed.js';

@Controller('notes')
class NotesController {
  @RequirePermissions('notes.read') @Get() list() {
    return 'notes';
  }
}

let bed: TelemetryBed;
let running: ListeningApp | undefined;

beforeEach(() => {
  bed = new TelemetryBed();
  bed.start();
});
afterEach(async () => {
  await running?.app.close();
  running = undefined;
  await bed.stop();
});

function guarded(
  telemetry: Type<unknown> | DynamicModule,
  identityProvider: Parameters<typeof PatronusModule.forRoot>[0]['identityProvider'],
): Type<unknown> {
  @Module({
    imports: [
      telemetry,
      PatronusModule.forRoot({ identityProvider, tenancy: { header: 'x-tenant' } }),
    ],
    controllers: [NotesController],
  })
  class NotesModule {}
  return NotesModule;
}

describe('the spans of PatronusTelemetryModule.forRoot', () => {
  it.each([
    [[], {}],
    [['user' as const], { 'enduser.id': 'ana' }],
    [['tenant' as const], { 'patronus.tenant.id': 'norte' }],
    [['user' as const, 'tenant' as const], { 'enduser.id': 'ana', 'patronus.tenant.id': 'norte' }],
  ])('name %j and nobody else', async (spans, named) => {
    const module = guarded(PatronusTelemetryModule.forRoot({ spans }), new TokenTableProvider());
    const app = await NestFactory.create(module, new ExpressAdapter(), { logger: false });
    app.use(serverSpan);
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    expect((await ask(running, 'notes', 'ana.norte')).status).toBe(200);
    const server = () => bed.spans.getFinishedSpans().find(({ name }) => name === 'GET');
    await until(true, () => server() !== undefined);
    expect(server()?.attributes).toEqual({
      'patronus.decision.id': expect.any(String),
      'patronus.decision.code': 'allowed',
      ...named,
    });
    expect(JSON.stringify([...(await bed.measured())])).not.toMatch(/ana|norte/);
  });

  it.each([
    [{ span: ['user'] }, 'span: is not an option.'],
    [{ spans: ['users'] }, 'spans: lists something other'],
    [{ spans: 'user' }, 'spans: lists something other'],
  ])('refuses %j at start', (options: object, message) => {
    const start = () => PatronusTelemetryModule.forRoot(options);
    expect(start).toThrow(PatronusConfigurationError);
    expect(start).toThrow(message);
  });
});

describe('PatronusTelemetryModule', () => {
  it('counts a fetch of keys that fails, and the outage, once', async () => {
    const issuer = await TestIssuer.start();
    issuer.outage('error');
    const { url, jwksUri } = issuer;
    const provider = oidc({ issuer: url, jwksUri, audience: 'test' });
    running = await listen(guarded(PatronusTelemetryModule, provider), new ExpressAdapter());
    await provider.warmUp().catch(() => undefined);
    const measured = await bed.measured();
    const failed = { 'patronus.provider': 'oidc', 'error.type': 'provider_unavailable' };
    expect(measured.get('patronus.key_fetches {fetch}')).toEqual([
      { attributes: failed, value: issuer.fetches.jwks },
    ]);
    expect(measured.get('patronus.provider_outages {outage}')).toEqual([
      { attributes: { 'patronus.provider': 'oidc' }, value: 1 },
    ]);
    await issuer.stop();
  });

  it('denies nobody where a meter fails, and says so to OpenTelemetry', async () => {
    const told = jest.fn();
    const quiet = (): void => undefined;
    const logger = { error: told, warn: quiet, info: quiet, debug: quiet, verbose: quiet };
    const fail = () => {
      throw new Error('the meter is broken');
    };
    const meter = Object.assign(metrics.getMeter('broken'), {
      createCounter: () => ({ add: fail }),
      createHistogram: () => ({ record: fail }),
    });
    metrics.disable();
    metrics.setGlobalMeterProvider({ getMeter: () => meter });
    diag.setLogger(logger, DiagLogLevel.ERROR);
    running = await listen(
      guarded(PatronusTelemetryModule, new TokenTableProvider()),
      new ExpressAdapter(),
    );
    expect((await ask(running, 'notes', 'ana.norte')).status).toBe(200);
    expect((await ask(running, 'notes', 'ana.norte')).status).toBe(200);
    expect((await ask(running, 'notes')).status).toBe(401);
    expect(told).toHaveBeenCalledWith('Patronus could not be measured.', expect.any(Error));
    diag.disable();
  });
});
