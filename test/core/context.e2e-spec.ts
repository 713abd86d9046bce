import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Injectable, Module, Post, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, TenantContext, TenantOptional } from '@patronus/nestjs';
import { ClsModule, ClsService, ClsServiceManager } from 'nestjs-cls';
import { ADAPTERS } from './adapters.js';
import { TokenTableProvider } from './token-table.provider.js';

@Injectable()
class DeepService {
  constructor(private readonly tenant: TenantContext) {}

  async after(kind: string): Promise<string | null> {
    if (kind === 'promise') await Promise.resolve();
    if (kind === 'immediate') await setImmediate();
    if (kind === 'timer') await delay(1);
    if (kind === 'event') {
      const emitter = new EventEmitter();
      const heard = new Promise<string>((resolve) => {
        emitter.once('x', () => resolve(this.tenant.id));
      });
      emitter.emit('x');
      return heard;
    }
    return this.tenant.idOrNull;
  }
}

@Controller()
class DeepController {
  constructor(
    private readonly deep: DeepService,
    private readonly cls: ClsService,
  ) {}

  @Get('deep') async get() {
    const kinds = ['now', 'promise', 'immediate', 'timer', 'event'];
    return Promise.all(kinds.map((kind) => this.deep.after(kind)));
  }
  @Post('deep') post(@Body() body: { kind: string }) {
    return this.deep.after(body.kind);
  }
  @TenantOptional() @Get('host') host() {
    return { mark: this.cls.get<string | undefined>('mark') ?? null };
  }
}

const patronus = () =>
  PatronusModule.forRoot({ identityProvider: new TokenTableProvider(), tenancy: {} });

@Module({
  imports: [patronus(), ClsModule],
  controllers: [DeepController],
  providers: [DeepService],
})
class PlainModule {}

@Module({
  imports: [
    ClsModule.forRoot({
      global: true,
      middleware: {
        mount: true,
        setup: (cls, request: { headers: Record<string, string> }) =>
          cls.set('mark', request.headers['x-mark']),
      },
    }),
    patronus(),
  ],
  controllers: [DeepController],
  providers: [DeepService],
})
class HostWithClsModule {}

describe.each(ADAPTERS)('the context of a request, on %s', (_name, adapter) => {
  async function start(module: Type<unknown>) {
    const app = await NestFactory.create(module, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const ask = async (path: string, tenant: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ana.${tenant}`);
      return (await fetch(`${url}/${path}`, { ...init, headers })).text();
    };
    return { app, ask };
  }

  it('follows promises, timers and events', async () => {
    const { app, ask } = await start(PlainModule);
    const expected = JSON.stringify(Array.from({ length: 5 }, () => 'norte'));
    expect(await ask('deep', 'norte')).toBe(expected);
    expect(await ask('deep', 'norte')).toBe(expected);
    await app.close();
  });

  it('outlives the parsing of a body, small or of many chunks', async () => {
    const { app, ask } = await start(PlainModule);
    for (const padding of ['', 'x'.repeat(90_000)]) {
      const answer = await ask('deep', 'sur', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'timer', padding }),
      });
      expect(answer).toBe('sur');
    }
    await app.close();
  });

  it('leaves the store of a host that uses nestjs-cls itself as it was', async () => {
    const { app, ask } = await start(HostWithClsModule);
    expect(await ask('host', 'norte', { headers: { 'x-mark': 'm1' } })).toBe('{"mark":"m1"}');
    expect(await ask('deep', 'norte')).toContain('norte');
    await app.close();
  });

  it('shares nothing among requests of a server that was started inside a store', async () => {
    const cls = ClsServiceManager.getClsService();
    const { app, ask } = await cls.runWith({}, () => start(PlainModule));
    const tenants = Array.from({ length: 50 }, (_, index) => `t${index}`);
    const answers = await Promise.all(tenants.map((tenant) => ask('deep', tenant)));
    answers.forEach((answer, index) => {
      expect(new Set(JSON.parse(answer))).toEqual(new Set([tenants[index]]));
    });
    await app.close();
  });

  it('has no tenant outside of a request, and says what to do', async () => {
    const { app } = await start(PlainModule);
    const tenant = app.get(TenantContext);
    expect(tenant.idOrNull).toBeNull();
    expect(() => tenant.id).toThrow(
      expect.objectContaining({
        code: 'tenant_required',
        reason: expect.stringContaining('outside of a request'),
      }),
    );
    await app.close();
  });
});
