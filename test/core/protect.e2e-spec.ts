import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Catch,
  type ArgumentsHost,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Module,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  AllowQueryToken,
  AuthEvents,
  Coverage,
  type DeniedEvent,
  OptionalAuth,
  PatronusError,
  PatronusModule,
  protect,
  Public,
  RequirePermissions,
  TenantContext,
} from '@patronus/nestjs';
import { ADAPTERS } from './adapters.js';
import type { ListeningApp } from './listening-app.js';
import { send } from './send.js';
import { TokenTableProvider } from './token-table.provider.js';

@Controller('notes')
class NotesController {
  @Public() @Get() list() {
    return 'notes';
  }
}

@Module({
  imports: [
    PatronusModule.forRoot({
      identityProvider: new TokenTableProvider(),
      tenancy: { header: 'x-tenant' },
      credentials: { query: 'token' },
    }),
  ],
  controllers: [NotesController],
})
class NotesModule {}

const denied = (status: number, code: string) => ({ status, body: { statusCode: status, code } });
const ana = ['Authorization', 'Bearer ana.norte'] as const;

describe.each(ADAPTERS)('what is no handler of Nest, on %s', (_name, adapter) => {
  let running: ListeningApp;
  let folder: string;
  let denials: DeniedEvent[];
  /** Number of requests that reached the mounted application. */
  let served = 0;

  const make = () =>
    NestFactory.create(NotesModule, adapter(), { abortOnError: false, logger: false });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patronus-files-'));
    await writeFile(join(folder, 'plan.txt'), 'the plan');
    const app = await make();
    const tenant = app.get(TenantContext);
    const mounted = (_request: unknown, response: ServerResponse) => {
      served += 1;
      response.end(`mounted for ${tenant.idOrNull}`);
    };
    app.use('/before', mounted);
    await serveFiles(app, folder);
    protect(app, '/before', RequirePermissions('notes.read'));
    protect(app, ['/docs', '/docs-json', '/docs-yaml'], RequirePermissions('notes.read'));
    protect(app, '/files', RequirePermissions('notes.read'), AllowQueryToken());
    protect(app, ['/queues/admin/'], RequirePermissions('queues.manage'));
    app.use('/queues/admin', mounted);
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    SwaggerModule.setup('docs', app, document);
    app.get(AuthEvents).on('denied', (event) => denials.push(event));
    await app.listen(0, '127.0.0.1');
    running = { app, url: await app.getUrl() };
    denials = [];
  });
  afterAll(async () => {
    await running.app.close();
    await rm(folder, { recursive: true });
  });

  const ask = (
    path: string,
    headers: readonly (readonly [string, string])[] = [],
    method = 'GET',
  ) => send(running, { path, headers, method });

  it.each([
    '/docs',
    '/docs/',
    '/docs-json',
    '/docs-yaml',
    '/docs/swagger-ui.css',
    '/files/plan.txt',
  ])('is closed to strangers at %s, and open to a caller with the permission', async (path) => {
    expect(await ask(path)).toMatchObject(denied(401, 'token_missing'));
    const answer = await ask(path, [ana]);
    expect(answer.status).toBeLessThan(400);
    expect(await ask(path, [ana, ['X-Tenant', 'sur']])).toMatchObject(
      denied(403, 'tenant_mismatch'),
    );
    expect(await ask(path, [['Authorization', 'Bearer ana']])).toMatchObject(
      denied(403, 'tenant_required'),
    );
  });

  it('runs in the scope of its caller, whatever was set up first', async () => {
    expect(await ask('/before/x', [ana])).toEqual({ status: 200, body: 'mounted for norte' });
    expect(await ask('/before')).toMatchObject(denied(401, 'token_missing'));
  });

  it('asks for the permission, for every method, and tells of a denial', async () => {
    denials = [];
    served = 0;
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect(await ask('/queues/admin', [ana], method)).toMatchObject(
        denied(403, 'permission_denied'),
      );
    }
    expect(served).toBe(0);
    expect(denials[1]).toMatchObject({
      code: 'permission_denied',
      transport: 'http',
      route: 'protect./queues/admin/',
      method: 'POST',
      path: '/queues/admin',
      user: 'ana',
      tenant: 'norte',
    });
  });

  it('answers with the headers of a denial', async () => {
    const answer = await fetch(`${running.url}/docs`);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="patronus"');
    expect(answer.headers.get('patronus-decision')).toMatch(/^[\w-]{36}$/);
    expect(await answer.json()).toEqual({
      statusCode: 401,
      code: 'token_missing',
      message: 'This needs an access token.',
    });
  });

  it.each([
    '/DOCS',
    '/Docs-JSON',
    '//docs',
    '/docs//',
    '/docs/.',
    '/./docs',
    '/notes/../docs',
    '/notes/%2e%2e/docs',
    '/notes/..%2fdocs',
    '/docs/../notes',
    '/%64ocs',
    '/%2564ocs',
    '/docs%2Findex.html',
    '/docs%5cindex.html',
    '/docs.',
    '/docs%20',
    '/docs%2e',
    '/docs;a=b',
    '/docs/;/',
    '/docs%00',
    '/d%09ocs',
    '/\\docs',
    '/docs?x=1',
    '/docs#top',
    '/%EF%BD%84ocs',
    '/FILES/plan.txt',
    '/files/%2e/plan.txt',
    '//files//plan.txt',
    '/before%2f..%2fbefore',
    '/before/../../before/x',
    '/BEFORE/x',
    '//before/x',
  ])('cannot be reached as %s', async (path) => {
    served = 0;
    const { port, host } = new URL(running.url);
    for (const target of [path, `http://${host}${path}`, `HTTP://elsewhere.example:80${path}`]) {
      const sent = request({ host: '127.0.0.1', port, path: target }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      // 400 and 404 are answers of the server itself to a target that it does not accept.
      expect([400, 401, 404]).toContain(answer.resume().statusCode);
    }
    expect(served).toBe(0);
  });

  it('does not stand before what is beside it', async () => {
    for (const path of ['/notes', '/notes?next=/docs', '/NOTES'.toLowerCase()]) {
      expect(await ask(path)).toEqual({ status: 200, body: 'notes' });
    }
    expect((await ask('/docsy')).status).toBe(404);
    expect((await ask('/filesystem')).status).toBe(404);
  });

  it('takes a token from the query where it says so', async () => {
    expect(await ask('/files/plan.txt?token=ana.norte')).toMatchObject({ status: 200 });
    expect(await ask('/docs?token=ana.norte')).toMatchObject(denied(401, 'token_missing'));
  });

  it('is listed beside the handlers', () => {
    const listed = running.app.get(Coverage).table();
    expect(listed).toContainEqual(
      expect.objectContaining({
        transport: 'http',
        calls: ['ALL /docs/*', 'ALL /docs-json/*', 'ALL /docs-yaml/*'],
        access: 'authenticated',
        requires: ["@RequirePermissions('notes.read')"],
        isRuled: true,
        enforces: 'rule',
        missingGuards: [],
      }),
    );
  });

  it('is listed as guarded where routes are guarded by hand', async () => {
    const identityProvider = new TokenTableProvider();
    @Module({ imports: [PatronusModule.forRoot({ identityProvider, guards: 'manual' })] })
    class ManualModule {}
    const app = await NestFactory.create(ManualModule, adapter(), { logger: false });
    protect(app, '/docs', RequirePermissions('docs.read'));
    await app.listen(0, '127.0.0.1');
    expect(app.get(Coverage).table()).toEqual([
      expect.objectContaining({ calls: ['ALL /docs/*'], enforces: 'rule', missingGuards: [] }),
    ]);
    const answer = await send({ app, url: await app.getUrl() }, { path: '/docs' });
    await app.close();
    expect(answer).toMatchObject(denied(401, 'token_missing'));
  });

  it('is denied through the filters of the application', async () => {
    @Catch(PatronusError)
    class ProblemFilter implements ExceptionFilter {
      catch(error: PatronusError, host: ArgumentsHost) {
        const { httpAdapter } = Reflect.get(app, 'container').getHttpAdapterHostRef();
        const problem = { type: 'about:blank', title: error.code };
        httpAdapter.reply(host.switchToHttp().getResponse(), problem, error.getStatus());
      }
    }
    const app = await make();
    app.setGlobalPrefix('api');
    app.useGlobalFilters(new ProblemFilter());
    protect(app, '/docs');
    await app.listen(0, '127.0.0.1');
    const answer = await send({ app, url: await app.getUrl() }, { path: '/docs' });
    await app.close();
    expect(answer).toEqual({ status: 401, body: { type: 'about:blank', title: 'token_missing' } });
  });

  it.each<[string, (app: INestApplication) => void]>([
    ['protect.path', (app) => protect(app, [])],
    ['protect.path[0]', (app) => protect(app, '')],
    ['protect.path[0]', (app) => protect(app, '/')],
    ['protect.path[0]', (app) => protect(app, 'docs')],
    ['protect.path[1]', (app) => protect(app, ['/docs', '/docs/*'])],
    ['protect.path[0]', (app) => protect(app, '/docs/../x')],
    ['protect', (app) => protect(app, '/docs', 'docs.read' as never)],
    ['protect', (app) => protect(app, '/docs', undefined as never)],
    ['protect', (app) => protect(app, '/docs', Public())],
    ['protect', (app) => protect(app, '/docs', OptionalAuth())],
    ['protect', (app) => protect(app, '/docs', Public(), RequirePermissions('a'))],
  ])('stops the start at a mistake in %s', async (path, mistake) => {
    const app = await make();
    expect(() => mistake(app)).toThrow(
      expect.objectContaining({ name: 'PatronusConfigurationError' }),
    );
    if (path !== 'protect') expect(() => mistake(app)).toThrow(expect.objectContaining({ path }));
    await app.close();
  });
});

async function serveFiles(app: INestApplication, folder: string): Promise<void> {
  if (app.getHttpAdapter() instanceof ExpressAdapter) {
    (app as NestExpressApplication).useStaticAssets(folder, { prefix: '/files' });
  } else if (app.getHttpAdapter() instanceof FastifyAdapter) {
    (app as NestFastifyApplication).useStaticAssets({ root: folder, prefix: '/files/' });
  }
}
