import 'reflect-metadata';
import { request, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Logger, Module, Query, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PatronusModule, Public, RequirePermissions, TenantContext } from '@patronus/nestjs';
import { patronusPino } from '@patronus/nestjs/pino';
import { LoggerModule, Logger as PinoNestLogger, PinoLogger } from 'nestjs-pino';
import { ADAPTERS } from '../core/adapters.js';
import type { ListeningApp } from '../core/listening-app.js';
import { TokenTableProvider } from '../core/token-table.provider.js';
import { Gate } from './gate.js';
import { PinoLines, whose } from './pino-lines.js';

const lines = new PinoLines();

@Injectable()
class Kept {
  gate = new Gate(1);
  response: ServerResponse | undefined;
}

@Controller()
class VisitsController {
  private readonly nest = new Logger(VisitsController.name);

  constructor(
    private readonly pino: PinoLogger,
    private readonly kept: Kept,
  ) {}

  @RequirePermissions('notes.read') @Get('visit') async visit(@Query('n') n: string) {
    this.pino.info('before');
    await this.kept.gate.pass();
    this.pino.info('after');
    this.nest.log('by the logger of Nest');
    return n;
  }
  @Get('kept') keep(@Res({ passthrough: true }) response: { raw?: ServerResponse }) {
    const raw = response instanceof ServerResponse ? response : response.raw;
    this.kept.response = raw;
    raw?.setHeader('set-cookie', 's=s3cr3t-set');
    return 'kept';
  }
  @RequirePermissions('notes.write') @Get('write') write() {
    return 'written';
  }
  @Public() @Get('public') open() {
    this.pino.info('open to all');
    return 'open';
  }
}

@Module({
  imports: [
    // The default of nestjs-pino 5.2 matches no path on Fastify.
    LoggerModule.forRoot({ pinoHttp: [patronusPino(), lines], forRoutes: ['*splat'] }),
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: { header: 'x-tenant' },
    }),
  ],
  controllers: [VisitsController],
  providers: [Kept],
})
class VisitsModule {}

describe.each(ADAPTERS)('the lines of nestjs-pino, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let kept: Kept;

  beforeAll(async () => {
    const app = await NestFactory.create(VisitsModule, adapter(), { bufferLogs: true });
    app.useLogger(app.get(PinoNestLogger));
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    kept = app.get(Kept);
  });
  beforeEach(() => {
    lines.clear();
    kept.gate = new Gate(1);
  });
  afterAll(() => running.app.close());

  const get = async (path: string, token?: string, headers: Record<string, string> = {}) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(running.url + path, { headers: { ...authorization, ...headers } });
    await answer.text();
    return answer;
  };

  it('name the user and the tenant of their own request, with a hundred at once', async () => {
    const visits = Array.from({ length: 100 }, (_, n) => ({
      url: `/visit?n=${n}`,
      user: `user-${n}`,
      tenant: `tenant-${n % 10}`,
    }));
    kept.gate = new Gate(visits.length);
    await Promise.all(visits.map(({ url, user, tenant }) => get(url, `${user}.${tenant}`)));
    for (const { url, user, tenant } of visits) {
      const completed = await lines.first('request completed', url);
      const own = ['before', 'after', 'by the logger of Nest'].flatMap((msg) => lines.of(msg, url));
      expect([...own, completed].map(whose)).toEqual(
        Array.from({ length: 4 }, () => ({ user, tenant })),
      );
    }
  });

  it('name the user of a denied request, and the decision that its answer names', async () => {
    const { headers } = await get('/write', 'ana.norte');
    const decisionId = headers.get('patronus-decision');
    expect(decisionId).toMatch(/^[0-9a-f-]{36}$/);
    const completed = await lines.first('request completed', '/write');
    expect(whose(completed)).toEqual({ user: 'ana', tenant: 'norte', decisionId });
    const told = lines.about('permission_denied', '/write');
    expect(told.map(whose)).toEqual([{ user: 'ana', tenant: 'norte', decisionId }]);
  });

  it('name no tenant that the caller was not let into', async () => {
    await get('/visit?n=1', 'ana.norte', { 'x-tenant': 'sur' });
    const completed = await lines.first('request completed', '/visit?n=1');
    expect(whose(completed)).toEqual({ user: 'ana', decisionId: expect.any(String) });
  });

  it.each([
    ['/public', undefined],
    ['/public', 'ana.norte'],
    ['/nowhere', 'ana.norte'],
  ])('name nobody where nobody was asked: %s with %s', async (url, token) => {
    await get(url, token);
    expect(whose(await lines.first('request completed', url))).toEqual({});
    expect(lines.of('open to all', url).map(whose)).toEqual(url === '/public' ? [{}] : []);
  });

  it('name the caller of a request that was given up', async () => {
    kept.gate = new Gate(2);
    const asked = request(`${running.url}/visit?n=2`, {
      headers: { authorization: 'Bearer ana.norte' },
    });
    asked.on('error', () => undefined).end();
    await lines.first('before', '/visit?n=2');
    asked.destroy();
    const aborted = await lines.first('request aborted', '/visit?n=2');
    expect(whose(aborted)).toEqual({ user: 'ana', tenant: 'norte' });
    await kept.gate.pass();
    await lines.first('after', '/visit?n=2');
  });

  it('about a response name its own caller, wherever they are written', async () => {
    await get('/kept', 'ana.norte');
    const logger = await running.app.resolve(PinoLogger);
    const work = () => {
      logger.info({ res: kept.response }, 'about a response');
      logger.info('about the job');
    };
    running.app.get(TenantContext).run('sur', work);
    expect(lines.of('about a response').map(whose)).toEqual([{ user: 'ana', tenant: 'norte' }]);
    expect(lines.of('about the job').map(whose)).toEqual([{ tenant: 'sur' }]);
  });

  it('name nobody outside of a request', async () => {
    const logger = await running.app.resolve(PinoLogger);
    logger.info('outside');
    expect(lines.of('outside').map(whose)).toEqual([{}]);
  });

  it('hold no credential', async () => {
    const { headers } = await get(
      '/kept?a=1&access_token=s3cr3t&%61ccess_token=s3cr3t',
      undefined,
      {
        authorization: 'Bearer s3cr3t',
        'proxy-authorization': 'Basic s3cr3t',
        cookie: 'session=s3cr3t',
        'x-api-key': 's3cr3t',
        dpop: 's3cr3t',
        'x-harmless': 'seen',
      },
    );
    await get('/kept', 'ana.norte');
    await lines.first('request completed', '/kept');
    expect(headers.get('www-authenticate')).toContain('invalid_request');
    expect(lines.text).not.toMatch(/s3cr3t|ana\.norte/);
    expect(lines.text).toContain('"x-harmless":"seen"');
    expect(lines.text).toContain('/kept?a=1&access_token=[Redacted]&%61ccess_token=[Redacted]"');
    expect(lines.text).toContain('"set-cookie":"[Redacted]"');
  });
});
